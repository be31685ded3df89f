import { isFinished } from '../../../kernel/model/execution.ts'
import type { Flow } from '../../../kernel/model/flow.ts'
import type { Message } from '../../../kernel/model/message.ts'
import { expectedEvents } from '../../../kernel/waiting-for.ts'
import type { Answers } from './answers.ts'
import type { SearchState } from './search-state.ts'

/** Something that can happen next. */
export interface Move {
  readonly message: Message
  /** It can wake the execution; an event that no one expects now cannot. */
  readonly wakes: boolean
  /** The sender whose answer this is. */
  readonly answers?: string
}

/** Everything that can happen in a state, without a person. Empty for a finished execution. */
export function movesOf(flow: Flow, answers: Answers, state: SearchState): readonly Move[] {
  if (isFinished(state.execution)) return []
  return [
    ...deliveries(state),
    ...earliestTimer(state),
    ...expected(flow, answers, state),
    ...unexpected(flow, answers, state),
  ]
}

/** Each pending command can be accepted, or turn out to be undeliverable. */
function deliveries({ execution }: SearchState): readonly Move[] {
  return execution.pending
    .filter(({ exhausted }) => exhausted !== true)
    .flatMap(({ id: commandId }) => [
      { message: { kind: 'accept-command', ...envelope(execution), commandId }, wakes: true },
      {
        message: {
          kind: 'fail-command',
          ...envelope(execution),
          commandId,
          code: 'UNDELIVERABLE',
          message: 'it cannot be delivered',
          retryable: false,
        },
        wakes: true,
      },
    ])
}

function earliestTimer({ execution }: SearchState): readonly Move[] {
  const earliest = execution.timers.toSorted((a, b) => a.at - b.at)[0]
  if (earliest === undefined) return []
  const at = Math.max(earliest.at, execution.updatedAt)
  const message = {
    kind: 'fire-timer',
    id: messageId(execution),
    at,
    timerId: earliest.id,
  } as const
  return [{ message, wakes: true }]
}

function expected(flow: Flow, answers: Answers, state: SearchState): readonly Move[] {
  const { execution, spent, unanswered } = state
  return expectedEvents(flow, execution).flatMap((event) => {
    const comesOnce = execution.rollback === undefined && answers.isAnswer(execution.node, event)
    if (!comesOnce) return spent.has(event) ? [] : [eventMove(state, event, true)]
    const sender = [...answers.sendersOf(event)].find((candidate) => unanswered.has(candidate))
    return sender === undefined ? [] : [eventMove(state, event, true, sender)]
  })
}

/** Answers that come although the node does not expect them: too early, or too late. */
function unexpected(flow: Flow, answers: Answers, state: SearchState): readonly Move[] {
  // A rejected event is not lost: its sender learns that it has to send it again.
  if (flow.unexpected.policy === 'reject') return []
  const now = new Set(expectedEvents(flow, state.execution))
  return [...state.unanswered].flatMap((sender) => {
    const events = [...answers.eventsOf(sender)].filter((event) => !now.has(event))
    // All ignored events are lost alike, kept ones are not.
    const some = flow.unexpected.policy === 'keep' ? events : events.slice(0, 1)
    return some.map((event) => eventMove(state, event, false, sender))
  })
}

function eventMove(state: SearchState, event: string, wakes: boolean, sender?: string): Move {
  const { execution } = state
  const [node, command] = sender?.split('\n') ?? []
  // The answer to a command whose delivery was not confirmed yet comes with the command's id.
  const pending = execution.pending.find((one) => one.node === node && one.command === command)
  return {
    message: {
      kind: 'apply-event',
      ...envelope(execution),
      event,
      data: {},
      ...(pending === undefined ? {} : { commandId: pending.id }),
    },
    wakes,
    ...(sender === undefined ? {} : { answers: sender }),
  }
}

function envelope(execution: SearchState['execution']) {
  return { id: messageId(execution), at: execution.updatedAt }
}

function messageId(execution: SearchState['execution']): string {
  return `m${execution.revision}`
}
