import type { RunResult } from './run.ts'
import type { Shrunk } from './shrink.ts'

const storyLinesMax = 400

/** What people read of a run that broke a promise. */
export function reportFailure(seed: number, options: string, shrunk: Shrunk): string {
  const { result, runs } = shrunk
  const { violation, story, recording } = result
  return [
    `Seed ${seed} breaks a promise. ${violation?.promise}`,
    `  ${violation?.detail}`,
    `What happened, in the mildest run found (${recording.steps.length} steps, after ${runs} runs):`,
    ...story.slice(-storyLinesMax),
    `Again: ${commandFor(seed, options)}`,
  ].join('\n')
}

export function commandFor(seed: number, options: string): string {
  return `npm run sim -- --seed ${seed}${options}`
}

export function describeRun(seed: number, { shape, moments, simulatedMs, violation }: RunResult) {
  const flows = shape.flows.map(({ id }) => id).join(' and ')
  const world = `${shape.skewsMs.length} replicas, ${shape.workers} workers, ${flows}`
  const time = `${Math.round(simulatedMs / 1_000)} s in ${moments} moments`
  return `seed ${seed}: ${world}, ${time}: ${violation === undefined ? 'kept every promise' : violation.promise}`
}
