import { type RunOptions, type RunResult, runSimulation } from './run.ts'
import { type Recording, type Step, tapeOfRecording } from './tape.ts'

export interface Shrunk {
  readonly result: RunResult
  readonly runs: number
}

/** Runs that one search may take: a minute or so. */
const runsUsualMax = 600

/**
 * Looks for a milder run that breaks the same promise: fewer steps first, then fewer faults, then
 * smaller numbers. The same run always gives the same milder one.
 */
export async function shrink(
  failed: RunResult,
  options: Omit<RunOptions, 'tape'>,
  runsMax = runsUsualMax,
): Promise<Shrunk> {
  const promise = failed.violation?.promise
  let best: Recording = failed.recording
  let runs = 0

  async function stillFails(recording: Recording): Promise<boolean> {
    if (runs >= runsMax) return false
    runs += 1
    const { violation } = await runSimulation({ ...options, tape: tapeOfRecording(recording) })
    if (violation?.promise !== promise) return false
    best = recording
    return true
  }

  await withoutStreams()
  await withFewerSteps()
  for (const stream of Object.keys(best.streams)) await withMilderStream(stream)
  await withSmallerSteps()
  await withFewerSteps()
  const tape = tapeOfRecording(best)
  return { result: await runSimulation({ ...options, tape, isTold: true }), runs }

  async function withoutStreams(): Promise<void> {
    for (const stream of Object.keys(best.streams)) {
      await stillFails({ ...best, streams: { ...best.streams, [stream]: [] } })
    }
  }

  async function withFewerSteps(): Promise<void> {
    for (let size = best.steps.length; size >= 1; size = Math.floor(size / 2)) {
      for (let end = best.steps.length; end > 0; end -= size) {
        const start = Math.max(0, end - size)
        await stillFails({ ...best, steps: best.steps.toSpliced(start, end - start) })
      }
    }
  }

  async function withMilderStream(stream: string): Promise<void> {
    const length = best.streams[stream]?.length ?? 0
    const smallest = Math.max(1, Math.floor(length / 32))
    for (let size = length; size >= smallest; size = Math.floor(size / 2)) {
      for (let start = 0; start < length; start += size) {
        const numbers = best.streams[stream] ?? []
        const part = numbers.slice(start, start + size)
        if (part.every((number) => number === 0)) continue
        const milder = numbers.toSpliced(start, part.length, ...part.map(() => 0))
        await stillFails({ ...best, streams: { ...best.streams, [stream]: milder } })
      }
      if (size === 1) return
    }
  }

  async function withSmallerSteps(): Promise<void> {
    for (let index = 0; index < best.steps.length; index += 1) {
      for (const field of ['gap', 'how', 'more', 'which', 'kind'] as const) {
        const step = best.steps[index]
        if (step === undefined || step[field] === 0) continue
        const smaller: Step = { ...step, [field]: 0 }
        await stillFails({ ...best, steps: best.steps.with(index, smaller) })
      }
    }
  }
}
