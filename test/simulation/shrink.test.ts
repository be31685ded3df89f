import { expect, test } from 'vitest'
import { canaries } from './canaries.ts'
import { reportFailure } from './report.ts'
import { type RunResult, runSimulation } from './run.ts'
import { shrink } from './shrink.ts'
import { tapeOfRecording, tapeOfSeed } from './tape.ts'

const [canary] = canaries
if (canary === undefined) throw new Error('expected a canary')
const options = { replicas: canary.replicas, ...canary.plant() }

async function failingRun(): Promise<{ seed: number; result: RunResult }> {
  for (let seed = 1; ; seed += 1) {
    const result = await runSimulation({ ...options, tape: tapeOfSeed(seed) })
    if (result.violation !== undefined) return { seed, result }
  }
}

test(
  'a failing run becomes a milder one that fails in the same way',
  { timeout: 120_000 },
  async () => {
    const { seed, result } = await failingRun()
    const shrunk = await shrink(result, options, 150)
    const { recording, violation } = shrunk.result
    expect(violation?.promise).toBe(result.violation?.promise)
    expect(recording.steps.length).toBeLessThan(result.recording.steps.length)
    expect(faultsIn(recording.streams)).toBeLessThan(faultsIn(result.recording.streams))

    const again = await runSimulation({
      ...options,
      tape: tapeOfRecording(recording),
      isTold: true,
    })
    expect(again.story).toEqual(shrunk.result.story)
    const report = reportFailure(seed, ' --replicas 3', shrunk)
    expect(report).toContain(`npm run sim -- --seed ${seed} --replicas 3`)
    expect(report).toContain(violation?.detail)
  },
)

function faultsIn(streams: RunResult['recording']['streams']): number {
  return Object.values(streams)
    .flat()
    .filter((number) => number > 0).length
}
