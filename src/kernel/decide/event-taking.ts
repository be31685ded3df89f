import type { Answer, RejectionCode } from '../model/decision.ts'
import type { Cause } from '../model/execution.ts'
import type { IgnoredReason } from '../model/fact.ts'
import { limits } from '../limits.ts'
import type { Json } from '../model/json.ts'
import type { Origin } from '../model/origin.ts'
import { settleCommand } from './commands.ts'
import { addEffect, addFact, type Draft } from './draft.ts'
import { currentNode } from './nodes.ts'
import { choose, takeTransition, transitionValues } from './transitions.ts'

/** An event on its way into an execution. */
export interface IncomingEvent {
  readonly messageId: string
  readonly event: string
  readonly data: Json
  /** The pending command that it answers. */
  readonly commandId?: string
  readonly origin?: Origin
}

/** What became of it. A refusal leaves the recording to the caller, who knows the sender. */
export type Taking =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly code: RejectionCode; readonly detail: string }

/** Applies an event to a running or waiting execution. */
export function takeEvent(draft: Draft, incoming: IncomingEvent): Taking {
  const node = currentNode(draft)
  const transitions = node.on.get(incoming.event)
  if (transitions === undefined) return takeUnexpected(draft, incoming)

  const event = { name: incoming.event, data: incoming.data, id: incoming.messageId }
  const choice = choose(draft, transitions, event)
  if (choice.kind === 'none') return ignore(draft, incoming, 'guarded')
  if (choice.kind === 'failed') return refuse('EVENT_INVALID', choice.failure.message)
  const { transition } = choice

  const problems = transition.validate?.check(incoming.data) ?? []
  if (problems.length > 0) {
    return refuse(
      'EVENT_INVALID',
      `expected data of event '${incoming.event}' to fit its schema, found: ${problems.join('; ')}`,
    )
  }
  const taken = withEventApplied(draft, incoming)
  const values = transitionValues(taken, transition, event)
  if (!values.ok) return refuse('EVENT_INVALID', values.failure.message)

  keep(draft, taken)
  if (values.values !== undefined) addFact(draft, { kind: 'state-set', values: values.values })
  const by: Cause = { kind: 'event', event: incoming.event, messageId: incoming.messageId }
  takeTransition(draft, transition, by, 'done', event)
  return { kind: 'answered', answer: { applied: true } }
}

/** Records that an event has no effect; the command that it answers is settled all the same. */
export function ignore(draft: Draft, incoming: IncomingEvent, reason: IgnoredReason): Taking {
  if (draft.execution.notes < limits.notesPerExecution) {
    addFact(draft, {
      kind: 'event-ignored',
      messageId: incoming.messageId,
      event: incoming.event,
      data: incoming.data,
      reason,
      ...answeredCommand(draft, incoming.commandId),
      ...originOf(incoming),
    })
  } else if (incoming.commandId !== undefined) settleCommand(draft, incoming.commandId)
  return { kind: 'answered', answer: { applied: false, reason } }
}

/** Keeps an event for later: until a node expects it, or until the pause ends. */
export function keepEvent(
  draft: Draft,
  incoming: IncomingEvent,
  reason: 'unexpected' | 'paused',
  expiresAt?: number,
): Taking {
  if (draft.execution.kept.length >= limits.keptEvents) {
    if (incoming.commandId !== undefined) return ignore(draft, incoming, 'overflow')
    return refuse(
      'EVENTS_KEPT_LIMIT',
      `expected at most ${limits.keptEvents} events kept for an execution, found one more`,
    )
  }
  addFact(draft, {
    kind: 'event-kept',
    messageId: incoming.messageId,
    event: incoming.event,
    data: incoming.data,
    reason,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...answeredCommand(draft, incoming.commandId),
    ...originOf(incoming),
  })
  return { kind: 'answered', answer: { applied: false, reason: 'kept' } }
}

function takeUnexpected(draft: Draft, incoming: IncomingEvent): Taking {
  const { flow, execution, message } = draft
  if (!flow.eventNames.has(incoming.event)) {
    return refuseOrIgnore(draft, incoming, 'unknown')
  }
  if (flow.unexpected.policy === 'keep') {
    return keepEvent(draft, incoming, 'unexpected', message.at + flow.unexpected.ttlMs)
  }
  const wasExpected = execution.visited.some((id) => flow.nodes.get(id)?.on.has(incoming.event))
  return refuseOrIgnore(draft, incoming, wasExpected ? 'late' : 'early')
}

function refuseOrIgnore(draft: Draft, incoming: IncomingEvent, reason: IgnoredReason): Taking {
  if (draft.flow.unexpected.policy !== 'reject') return ignore(draft, incoming, reason)
  const expected = [...currentNode(draft).on.keys()].join(', ') || 'no event'
  return refuse(
    'EVENT_UNEXPECTED',
    `expected ${expected} in '${draft.execution.node}', found '${incoming.event}' (${reason})`,
  )
}

function refuse(code: RejectionCode, detail: string): Taking {
  return { kind: 'refused', code, detail }
}

/** A copy of the draft with the event applied, so that a failing `set` leaves no trace. */
function withEventApplied(draft: Draft, incoming: IncomingEvent): Draft {
  const copy: Draft = { ...draft, facts: [...draft.facts], effects: [...draft.effects] }
  addFact(copy, {
    kind: 'event-applied',
    messageId: incoming.messageId,
    event: incoming.event,
    data: incoming.data,
    merge: draft.flow.merge,
    ...answeredCommand(copy, incoming.commandId),
    ...originOf(incoming),
  })
  return copy
}

function keep(draft: Draft, copy: Draft): void {
  draft.facts.splice(0, draft.facts.length, ...copy.facts)
  draft.effects.splice(0, draft.effects.length, ...copy.effects)
  draft.execution = copy.execution
}

/** Names the answered command in a fact, which removes it from the pending ones, and closes it. */
export function answeredCommand(
  draft: Draft,
  commandId: string | undefined,
): { readonly commandId?: string } {
  if (commandId === undefined) return {}
  const command = draft.execution.pending.find((pending) => pending.id === commandId)
  if (command !== undefined) {
    addEffect(draft, { kind: 'close-command', commandId, channel: command.channel })
  }
  return { commandId }
}

/** Names the place in a log in a fact, which thereby is read. */
export function originOf({ origin }: { readonly origin?: Origin }): { readonly origin?: Origin } {
  return origin === undefined ? {} : { origin }
}

export function isPending(draft: Draft, commandId: string): boolean {
  return draft.execution.pending.some((command) => command.id === commandId)
}
