import type { Finding } from '../finding.ts'
import { pathOfNode } from '../ways-out.ts'
import type { Move } from './moves.ts'
import { type Arrival, traceOf } from './known-states.ts'

/**
 * STUCK_EXECUTION: an unfinished execution that no event, timer or command can wake, and that no
 * person is told of. Only a warning where it supposes that no guard holds.
 */
export function findStuck(arrival: Arrival, moves: readonly Move[]): readonly Finding[] {
  const { state } = arrival
  const { execution } = state
  const waitsForPerson = execution.status === 'incident' || execution.status === 'paused'
  if (waitsForPerson || moves.some(({ wakes }) => wakes)) return []
  const remedy = state.supposed
    ? 'Add a last transition without `if`, or a timer'
    : 'Add a timer, or keep events that come early (`unexpected: keep`)'
  return [
    {
      code: 'STUCK_EXECUTION',
      ...(state.supposed ? { severity: 'warning' as const } : {}),
      message: `Expected every unfinished execution to have something that can wake it, found one in \`${execution.node}\` for which no event, timer or command is outstanding. ${remedy}.`,
      path: pathOfNode(execution.node),
      trace: traceOf(arrival),
    },
  ]
}
