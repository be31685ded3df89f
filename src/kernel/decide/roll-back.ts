import type { Decision } from '../model/decision.ts'
import { isFinished } from '../model/execution.ts'
import type { RollBack } from '../model/message.ts'
import { accepted, addFact, type Draft, plan, rejected } from './draft.ts'
import { proceed } from './proceed.ts'

/**
 * An operator has everything undone. The current activity may have happened, so it is undone as well.
 * An execution that ended can be rolled back too, as long as something is remembered.
 */
export function rollBack(draft: Draft, message: RollBack): Decision {
  const { execution, flow } = draft
  if (execution.rollback !== undefined) {
    return rejected(
      'ROLLBACK_RUNNING',
      `expected no rollback in '${execution.id}', found one under way`,
      execution,
    )
  }
  const target = message.target ?? defaultTarget(draft)
  if (target !== undefined && !flow.nodes.has(target)) {
    return rejected(
      'NODE_UNKNOWN',
      `expected a node of flow '${flow.id}', found '${target}'`,
      execution,
    )
  }
  const finished = isFinished(execution)
  const remembered = execution.compensations.some(({ status }) => status === 'remembered')
  if (finished && !remembered) {
    return rejected(
      'NOTHING_TO_ROLL_BACK',
      `expected something to undo in '${execution.id}', found nothing remembered`,
      execution,
    )
  }
  const act = { actor: message.actor, reason: message.reason }
  if (execution.incident !== undefined) {
    addFact(draft, { kind: 'incident-resolved', status: execution.status, act })
  }
  plan(draft, {
    kind: 'roll-back',
    target,
    by: { kind: 'operator', ...act },
    ownUndo: !finished,
  })
  proceed(draft)
  return accepted(draft)
}

function defaultTarget({ flow }: Draft): string | undefined {
  return flow.onFailure.policy === 'rollback' ? flow.onFailure.target : undefined
}
