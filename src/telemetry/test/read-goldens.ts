import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Fact } from '../../kernel/model/fact.ts'

const folder = join(import.meta.dirname, '..', '..', '..', 'test', 'golden')

/** Journals of every kind of story; the last line of a file is the execution. */
export function readGoldens(): readonly {
  readonly name: string
  readonly facts: readonly Fact[]
}[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .map((name) => {
      const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
      return { name, facts: lines.slice(0, -1).map((line) => JSON.parse(line) as Fact) }
    })
}
