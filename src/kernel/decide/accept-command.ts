import type { Decision } from '../model/decision.ts'
import type { AcceptCommand } from '../model/message.ts'
import { isFinished } from '../model/execution.ts'
import { afterUndoAccepted } from './apply-event.ts'
import { settleCommand } from './commands.ts'
import { accepted, addFact, type Draft } from './draft.ts'
import { currentNode, restingStatus } from './nodes.ts'
import { proceed } from './proceed.ts'

/** A receiver has a command. In a finished execution this is bookkeeping alone. */
export function acceptCommand(draft: Draft, message: AcceptCommand): Decision {
  const { execution } = draft
  const command = execution.pending.find(({ id }) => id === message.commandId)
  if (command === undefined) return accepted(draft, { applied: false, reason: 'stale' })
  settleCommand(draft, command.id)
  resolveDeliveryIncident(draft, command.id)

  if (command.purpose === 'undo' && execution.rollback?.current?.commandId === command.id) {
    afterUndoAccepted(draft)
  }
  if (command.purpose === 'activity' && command.node === execution.node) {
    draft.arrived = true
  }
  proceed(draft)
  return accepted(draft)
}

/** A command that was given up too early has arrived after all. */
function resolveDeliveryIncident(draft: Draft, commandId: string): void {
  const { execution } = draft
  const { incident } = execution
  if (incident?.subject.kind === 'command' && incident.subject.commandId === commandId) {
    addFact(draft, {
      kind: 'incident-resolved',
      status: isFinished(execution)
        ? execution.status
        : execution.status === 'paused'
          ? 'paused'
          : restingStatus(currentNode(draft)),
    })
  } else if (
    incident?.subject.kind === 'compensation' &&
    execution.rollback?.current?.commandId === commandId
  ) {
    addFact(draft, {
      kind: 'incident-resolved',
      status: execution.status === 'paused' ? 'paused' : 'compensating',
    })
  }
}
