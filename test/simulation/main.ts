import { parseArgs } from 'node:util'
import { coverageTable, createCoverage } from './coverage.ts'
import { describeRun, reportFailure } from './report.ts'
import { runSimulation } from './run.ts'
import { shrink } from './shrink.ts'
import { tapeOfSeed } from './tape.ts'

/**
 * `npm run sim -- --seed N [--runs N] [--seconds S] [--replicas N] [--story]`: runs simulated worlds,
 * from one seed on, and says what broke and what was covered. Docs: docs/reference/simulation.md.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string' },
    seconds: { type: 'string' },
    replicas: { type: 'string' },
    story: { type: 'boolean', default: false },
  },
})

const firstSeed = numberOf('seed', values.seed) ?? Date.now() % 2 ** 31
const seconds = numberOf('seconds', values.seconds)
const runsMax = numberOf('runs', values.runs) ?? (seconds === undefined ? 1 : Infinity)
const replicas = numberOf('replicas', values.replicas)
const options = replicas === undefined ? {} : { replicas }
const optionText = replicas === undefined ? '' : ` --replicas ${replicas}`

process.exitCode = (await runAll()) ? 0 : 1

async function runAll(): Promise<boolean> {
  const coverage = createCoverage()
  const broken = new Map<string, number[]>()
  const beganAt = performance.now()
  const elapsedSeconds = (): number => (performance.now() - beganAt) / 1_000
  let runs = 0
  while (runs < runsMax && elapsedSeconds() < (seconds ?? Infinity)) {
    const seed = firstSeed + runs
    const result = await runSimulation({
      ...options,
      tape: tapeOfSeed(seed),
      isTold: values.story,
    })
    runs += 1
    coverage.add(result.coverage)
    if (values.story) process.stdout.write(`${result.story.join('\n')}\n`)
    if (runsMax <= 20) process.stdout.write(`${describeRun(seed, result)}\n`)
    if (result.violation === undefined) continue
    const { promise } = result.violation
    const seeds = broken.get(promise) ?? []
    broken.set(promise, [...seeds, seed])
    if (seeds.length > 0) continue
    process.stdout.write(`seed ${seed} breaks a promise (${promise}); looking for a milder run\n`)
    process.stdout.write(`${reportFailure(seed, optionText, await shrink(result, options))}\n`)
  }
  const each = `${(runs / elapsedSeconds()).toFixed(1)} runs/s`
  process.stdout.write(`${coverageTable(coverage).join('\n')}\n`)
  for (const [promise, seeds] of broken) {
    process.stdout.write(
      `broken ${seeds.length} times: ${promise} (seeds ${seeds.slice(0, 8).join(', ')})\n`,
    )
  }
  const good = runs - [...broken.values()].reduce((sum, { length }) => sum + length, 0)
  process.stdout.write(`${runs} runs from seed ${firstSeed}, ${each}: ${good} kept every promise\n`)
  return broken.size === 0
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new Error(`expected a whole number for --${name}, found '${text}'`)
}
