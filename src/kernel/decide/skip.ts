import type { Decision } from '../model/decision.ts'
import { isFinished } from '../model/execution.ts'
import type { Skip } from '../model/message.ts'
import { withdraw } from './commands.ts'
import { accepted, addFact, type Draft, plan, rejected } from './draft.ts'
import { currentNode, restingStatus } from './nodes.ts'
import { proceed } from './proceed.ts'

/** An operator gives up what is stuck, with a reason: a compensation, or a command's delivery. */
export function skip(draft: Draft, message: Skip): Decision {
  const { execution } = draft
  const act = { actor: message.actor, reason: message.reason }

  const current = execution.rollback?.current
  if (current !== undefined) {
    const pending = execution.pending.find(({ id }) => id === current.commandId)
    if (pending !== undefined) withdraw(draft, pending)
    if (execution.incident !== undefined) {
      addFact(draft, { kind: 'incident-resolved', status: 'compensating', act })
    }
    addFact(draft, { kind: 'compensation-skipped', id: current.id, act })
    plan(draft, { kind: 'next-compensation' })
    proceed(draft)
    return accepted(draft)
  }
  const { incident } = execution
  if (incident === undefined) {
    return rejected(
      isFinished(execution) ? 'EXECUTION_FINISHED' : 'NOTHING_TO_SKIP',
      `expected an incident or a compensation under way, found '${execution.id}' ${execution.status}`,
      execution,
    )
  }
  if (execution.rollback !== undefined) {
    return rejected(
      'NOTHING_TO_SKIP',
      `expected a compensation under way, found that '${execution.id}' is undone and cannot enter '${execution.rollback.target}'; retry, or move it elsewhere`,
      execution,
    )
  }
  if (isFinished(execution)) {
    withdrawSubject(draft)
    addFact(draft, { kind: 'incident-resolved', status: execution.status, act })
    return accepted(draft)
  }
  const node = currentNode(draft)
  const hasNoWayOut = restingStatus(node) !== 'waiting' || hasOnlySpentTimers(draft)
  if (hasNoWayOut && incident.subject.kind === 'node') {
    return rejected(
      'NOTHING_TO_SKIP',
      `expected a node that waits for something, found '${node.id}' with no way on; move the execution instead`,
      execution,
    )
  }
  withdrawSubject(draft)
  addFact(draft, { kind: 'incident-resolved', status: restingStatus(node), act })
  draft.arrived = true
  proceed(draft)
  return accepted(draft)
}

/** The node waits for times alone, and they have all been. */
function hasOnlySpentTimers(draft: Draft): boolean {
  const node = currentNode(draft)
  const { timers, pending } = draft.execution
  return node.on.size === 0 && node.next.length === 0 && timers.length === 0 && pending.length === 0
}

function withdrawSubject(draft: Draft): void {
  const subject = draft.execution.incident?.subject
  if (subject?.kind !== 'command') return
  const pending = draft.execution.pending.find(({ id }) => id === subject.commandId)
  if (pending !== undefined) withdraw(draft, pending)
}
