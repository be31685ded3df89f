import { describe, expect, test } from 'vitest'
import { canaries } from './canaries.ts'
import { runSimulation } from './run.ts'
import { tapeOfSeed } from './tape.ts'

/** So many seeds may pass before a planted mistake is found. */
const seedsMax = 60

describe('planted mistakes', () => {
  test.each(canaries)('a store that $mistake is caught', { timeout: 120_000 }, async (canary) => {
    const found: string[] = []
    for (let seed = 1; seed <= seedsMax && found.length === 0; seed += 1) {
      const { violation } = await runSimulation({
        tape: tapeOfSeed(seed),
        replicas: canary.replicas,
        ...canary.plant(),
      })
      if (violation !== undefined && canary.breaks.test(violation.promise)) {
        found.push(violation.promise)
      }
    }
    expect(found).toHaveLength(1)
  })
})
