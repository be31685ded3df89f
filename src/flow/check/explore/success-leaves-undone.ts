import type { Flow } from '../../../kernel/model/flow.ts'
import type { Locate } from '../../compilation.ts'
import type { Finding } from '../finding.ts'
import { endingOf } from './ending.ts'
import { type Arrival, traceOf } from './known-states.ts'
import { rolledOverMark, undoMark } from './search-state.ts'
import type { Step } from './step.ts'

/**
 * SUCCESS_LEAVES_UNDONE: the execution succeeds although something that was to be undone is not: a
 * rollback ran over an activity that has no undo; or, as a warning, a state was left by a timer, so
 * that its activity may have happened, and nothing has undone it since.
 */
export function findSuccessUndone(
  flow: Flow,
  step: Step,
  arrival: Arrival,
  locate: Locate,
): readonly Finding[] {
  const { execution, effectsRolledOver } = step.state
  if (execution.status !== 'completed') return []
  const { path } = endingOf(flow, step, locate)
  const commandOf = (id: string) => flow.nodes.get(id)?.activity?.send.command ?? 'the activity'

  const rolledOver = [...effectsRolledOver][0]
  if (rolledOver !== undefined) {
    return [
      {
        code: 'SUCCESS_LEAVES_UNDONE',
        message: `Expected a success after a rollback to have everything undone, found that ${commandOf(rolledOver)} in \`${rolledOver}\` was carried out and has no undo. Give it an \`undo\`, or say \`undo: none\`.`,
        path,
        trace: traceOf(arrival, rolledOverMark(rolledOver)),
      },
    ]
  }
  const unknown = execution.compensations.find(({ outcome }) => outcome === 'unknown')
  if (unknown === undefined) return []
  return [
    {
      code: 'SUCCESS_LEAVES_UNDONE',
      severity: 'warning',
      message: `Expected a success to leave nothing open, found that \`${unknown.node}\` was left by a timer: ${commandOf(unknown.node)} may have been carried out, and nothing undoes it. Roll back on that timer, or wait for the answer.`,
      path,
      trace: traceOf(arrival, undoMark(unknown)),
    },
  ]
}
