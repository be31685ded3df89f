import type { Decision } from '../model/decision.ts'
import type { Move } from '../model/message.ts'
import { withdrawActivity } from './commands.ts'
import { accepted, addFact, type Draft, plan, rejected } from './draft.ts'
import { currentNode } from './nodes.ts'
import { proceed } from './proceed.ts'
import { rememberCompensation } from './rollback.ts'

/**
 * An operator puts an execution into another node. What the node that it leaves was doing may have
 * happened: its undo is remembered.
 */
export function move(draft: Draft, message: Move): Decision {
  const { execution, flow } = draft
  const { rollback } = execution
  // When all is undone and only the target could not be entered, another node can be.
  const isUndone = rollback?.current === undefined && execution.incident !== undefined
  if (rollback !== undefined && !isUndone) {
    return rejected(
      'ROLLBACK_RUNNING',
      `expected no rollback in '${execution.id}', found one under way`,
      execution,
    )
  }
  if (!flow.nodes.has(message.node)) {
    return rejected(
      'NODE_UNKNOWN',
      `expected a node of flow '${flow.id}', found '${message.node}'`,
      execution,
    )
  }
  const act = { actor: message.actor, reason: message.reason }
  if (execution.incident !== undefined) {
    addFact(draft, { kind: 'incident-resolved', status: 'running', act })
  }
  const node = currentNode(draft)
  withdrawActivity(draft, node)
  if (rollback === undefined) rememberCompensation(draft, node, 'unknown')
  plan(draft, { kind: 'enter', node: message.node, by: { kind: 'operator', ...act } })
  proceed(draft)
  return accepted(draft)
}
