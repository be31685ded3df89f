import { handMadeFlows } from './flows/hand-made.ts'
import { randomSimFlow } from './flows/random-text.ts'
import type { SimFlow } from './flows/sim-flow.ts'
import type { Tape } from './tape.ts'

/** What a world is made of. */
export interface Shape {
  /** Several processes may use the store at once. */
  readonly isShared: boolean
  /** One for each replica: how much its clock is ahead. */
  readonly skewsMs: readonly number[]
  readonly leaseMs: number
  readonly workers: number
  readonly windowCommands: number
  readonly flows: readonly SimFlow[]
  /** One of the flows is on the log. */
  readonly hasLog: boolean
}

const replicasMax = 4
const skewMaxMs = 250

export function drawShape(tape: Tape, replicas?: number): Shape {
  const draw = (below: number): number => tape.draw('shape', below)
  const drawn = draw(replicasMax + 1)
  const count = replicas ?? Math.max(1, drawn)
  // One replica stands alone on a store of its own at times, as on SQLite.
  const isShared = count > 1 || drawn > 0
  const flows = drawFlows(draw)
  const skews = Array.from({ length: replicasMax }, () => draw(skewMaxMs))
  return {
    isShared,
    skewsMs: skews.slice(0, count).map((skew, index) => (index === 0 ? 0 : skew)),
    leaseMs: [4_000, 2_000, 10_000][draw(3)] ?? 4_000,
    workers: 1 + draw(4),
    windowCommands: [1_000, 3, 1][draw(3)] ?? 1_000,
    flows,
    hasLog: flows.some(({ id }) => id === 'letter'),
  }
}

function drawFlows(draw: (below: number) => number): readonly SimFlow[] {
  const first = draw(handMadeFlows.length + 1)
  const second = draw(handMadeFlows.length + 1)
  const seed = draw(1_000_000)
  return [...new Set([first, second])].map((index) => handMadeFlows[index] ?? randomSimFlow(seed))
}
