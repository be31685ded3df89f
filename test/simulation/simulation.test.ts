import { describe, expect, test } from 'vitest'
import { createCoverage, notCovered } from './coverage.ts'
import { reportFailure } from './report.ts'
import { runSimulation } from './run.ts'
import { shrink } from './shrink.ts'
import { tapeOfSeed } from './tape.ts'

/** Always the same ones: what they find was not there before the change. */
const fixedSeeds = Array.from({ length: 160 }, (_, index) => index + 1)
const seedsPerTest = 40
/** Others with every run; the first is printed. */
const freshMs = 5_000
const freshFrom = Number(process.env['SIGNALBOX_SEED'] ?? Date.now() % 2 ** 31)

const coverage = createCoverage()

/** What the seed has found, with its story. */
async function failureOf(seed: number): Promise<string | undefined> {
  const result = await runSimulation({ tape: tapeOfSeed(seed) })
  coverage.add(result.coverage)
  if (result.violation === undefined) return undefined
  return reportFailure(seed, '', await shrink(result, {}))
}

describe('simulated worlds keep every promise', () => {
  for (let from = 0; from < fixedSeeds.length; from += seedsPerTest) {
    const seeds = fixedSeeds.slice(from, from + seedsPerTest)
    test(`seeds ${seeds[0]} to ${seeds.at(-1)}`, { timeout: 240_000 }, async () => {
      for (const seed of seeds) expect(await failureOf(seed)).toBeUndefined()
    })
  }

  test(`fresh seeds from ${freshFrom}`, { timeout: 240_000 }, async () => {
    const endAt = performance.now() + freshMs
    for (let seed = freshFrom; performance.now() < endAt; seed += 1) {
      expect(await failureOf(seed)).toBeUndefined()
    }
  })

  test('everything that can happen has happened, or promises were kept where nothing did', () => {
    expect(notCovered(coverage)).toEqual([])
  })
})
