import { limits } from '../limits.ts'
import type { Decision } from '../model/decision.ts'
import { isFinished } from '../model/execution.ts'
import type { ApplyEvent } from '../model/message.ts'
import { settleCommand } from './commands.ts'
import { completeCompensation, failCompensation } from './compensation.ts'
import { accepted, addFact, type Draft } from './draft.ts'
import {
  answeredCommand,
  ignore,
  type IncomingEvent,
  isPending,
  keepEvent,
  originOf,
  takeEvent,
  type Taking,
} from './event-taking.ts'
import { proceed, recordRefusal } from './proceed.ts'
import { undoOf } from './rollback.ts'

/** An event from a service, or from anyone who may send one. */
export function applyEvent(draft: Draft, message: ApplyEvent): Decision {
  const incoming: IncomingEvent = {
    messageId: message.id,
    event: message.event,
    data: message.data,
    ...(message.commandId === undefined ? {} : { commandId: message.commandId }),
    ...originOf(message),
  }
  if (wasRead(draft, message)) return accepted(draft, { applied: false, reason: 'duplicate' })
  const answered = answersActivity(draft, incoming)
  const taking = take(draft, incoming)
  // Whatever the answer, the activity is done: `next` can be tried.
  if (answered) draft.arrived = true
  if (taking.kind === 'answered') {
    proceed(draft)
    return accepted(draft, taking.answer)
  }
  recordRefusal(draft, incoming, taking.code, taking.detail, limits.notesPerExecution)
  if (incoming.commandId !== undefined && isPending(draft, incoming.commandId)) {
    // The receiver has answered, if badly: asking again would give the same answer.
    settleCommand(draft, incoming.commandId)
    proceed(draft)
    return accepted(draft, { applied: false, reason: 'invalid' })
  }
  return {
    kind: 'rejected',
    code: taking.code,
    detail: taking.detail,
    facts: draft.facts,
    execution: draft.execution,
  }
}

/** A log is read again after a crash, from a place before the end of what was applied. */
function wasRead({ execution }: Draft, { origin }: ApplyEvent): boolean {
  if (origin === undefined) return false
  return origin.position <= (execution.positions?.[origin.source] ?? -1)
}

function answersActivity({ execution }: Draft, { commandId }: IncomingEvent): boolean {
  return execution.pending.some(
    (command) =>
      command.id === commandId && command.purpose === 'activity' && command.node === execution.node,
  )
}

function take(draft: Draft, incoming: IncomingEvent): Taking {
  const { execution } = draft
  const { commandId } = incoming
  if (isFinished(execution)) return ignore(draft, incoming, 'finished')
  if (commandId !== undefined && !isPending(draft, commandId)) {
    return ignore(draft, incoming, 'late')
  }
  if (execution.revision >= limits.factsPerExecution) {
    return {
      kind: 'refused',
      code: 'JOURNAL_FULL',
      detail: `expected fewer than ${limits.factsPerExecution} facts in '${execution.id}', found that many`,
    }
  }
  if (execution.status === 'paused') return takeWhilePaused(draft, incoming)
  if (execution.rollback !== undefined) return takeWhileCompensating(draft, incoming)
  return takeEvent(draft, incoming)
}

/** The command is settled now, the event waits for the end of the pause. */
function takeWhilePaused(draft: Draft, incoming: IncomingEvent): Taking {
  const current = draft.execution.rollback?.current
  const answersUndo = current !== undefined && current.commandId === incoming.commandId
  const taking = keepEvent(draft, incoming, 'paused')
  if (taking.kind === 'answered' && answersUndo) afterUndoAccepted(draft)
  return taking
}

/** Takes an event while a rollback runs: only the compensation under way can expect it. */
export function takeWhileCompensating(draft: Draft, incoming: IncomingEvent): Taking {
  const current = draft.execution.rollback?.current
  if (current === undefined) return ignore(draft, incoming, 'late')
  const compensation = draft.execution.compensations.find(({ id }) => id === current.id)
  const undo = compensation === undefined ? undefined : undoOf(draft, compensation)
  const isAnswer = incoming.commandId !== undefined && incoming.commandId === current.commandId

  if (incoming.event === undo?.done) {
    recordCompensationEvent(draft, incoming)
    resolveIncident(draft)
    completeCompensation(draft)
    return { kind: 'answered', answer: { applied: true } }
  }
  if (incoming.event === undo?.failed) {
    if (current.failed === true) return ignore(draft, incoming, 'late')
    recordCompensationEvent(draft, incoming)
    const message = `the undo of '${compensation?.node}' answered '${incoming.event}'`
    failCompensation(draft, { code: 'COMPENSATION_FAILED', message }, true)
    return { kind: 'answered', answer: { applied: true } }
  }
  if (isAnswer && undo?.done === undefined) {
    // Without `done`, whatever the receiver answers says that it carried the undo out.
    recordCompensationEvent(draft, incoming)
    resolveIncident(draft)
    completeCompensation(draft)
    return { kind: 'answered', answer: { applied: true } }
  }
  return ignore(draft, incoming, 'late')
}

/** A compensation's event is recorded, but its data do not enter the state. */
function recordCompensationEvent(draft: Draft, incoming: IncomingEvent): void {
  const current = draft.execution.rollback?.current?.commandId
  // An event without the command's id answers it all the same: nothing else is waited for.
  const commandId =
    incoming.commandId ?? (current !== undefined && isPending(draft, current) ? current : undefined)
  addFact(draft, {
    kind: 'event-applied',
    messageId: incoming.messageId,
    event: incoming.event,
    data: incoming.data,
    merge: 'none',
    ...answeredCommand(draft, commandId),
    ...originOf(incoming),
  })
}

function resolveIncident(draft: Draft): void {
  if (draft.execution.incident === undefined) return
  addFact(draft, { kind: 'incident-resolved', status: 'compensating' })
}

/** The undo command of the compensation under way has reached its receiver. */
export function afterUndoAccepted(draft: Draft): void {
  const current = draft.execution.rollback?.current
  const compensation = draft.execution.compensations.find(({ id }) => id === current?.id)
  if (current === undefined || compensation === undefined) return
  if (undoOf(draft, compensation).done === undefined) completeCompensation(draft)
  else addFact(draft, { kind: 'compensation-accepted', id: current.id })
}
