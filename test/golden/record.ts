import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stories } from './stories.ts'

/**
 * Records the stories that have no journal yet. People run it by hand, when a story was added:
 *
 *     node test/golden/record.ts
 *
 * What was recorded is never recorded again: journals like it are in the stores of users, and a
 * change of the kernel that folds them to something else is wrong, whatever the kernel does today.
 */
for (const [name, tellStory] of Object.entries(stories)) {
  const file = join(import.meta.dirname, `${name}.jsonl`)
  if (existsSync(file)) continue
  const story = tellStory()
  const lines = [...story.facts, { execution: story.execution() }]
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  process.stdout.write(`recorded ${name}.jsonl: ${story.facts.length} facts\n`)
}
