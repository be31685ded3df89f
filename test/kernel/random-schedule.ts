import fc from 'fast-check'
import type { Execution } from '../../src/kernel/model/execution.ts'
import type { Flow } from '../../src/kernel/model/flow.ts'
import type { Message } from '../../src/kernel/model/message.ts'
import { eventNames } from './random-flow.ts'

/**
 * One step of a schedule, drawn without knowing the execution: numbers choose among what is there
 * when the step is taken, so that schedules shrink well.
 */
export interface Step {
  readonly act:
    | 'answer'
    | 'event'
    | 'event-of-log'
    | 'late-answer'
    | 'accept'
    | 'fail'
    | 'fail-for-good'
    | 'time'
    | 'stale-timer'
    | 'again'
    | 'retry'
    | 'skip'
    | 'roll-back'
    | 'cancel'
    | 'pause'
    | 'resume'
    | 'move'
  readonly choice: number
  readonly event: string
  readonly n: number
  readonly waitMs: number
}

export const randomSchedule: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    act: fc.oneof(
      { weight: 6, arbitrary: fc.constant('answer' as const) },
      { weight: 4, arbitrary: fc.constantFrom('event', 'event-of-log', 'accept', 'fail', 'time') },
      {
        weight: 2,
        arbitrary: fc.constantFrom('late-answer', 'fail-for-good', 'stale-timer', 'again'),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom('retry', 'skip', 'roll-back', 'pause', 'resume', 'move'),
      },
      { weight: 1, arbitrary: fc.constantFrom('cancel', 'resume') },
    ) as fc.Arbitrary<Step['act']>,
    choice: fc.nat(20),
    event: fc.constantFrom(...eventNames, 'stranger'),
    n: fc.nat(10),
    waitMs: fc.constantFrom(0, 1, 500, 2_000, 70_000),
  }),
  { maxLength: 40 },
)

/** The message of a step, for the execution as it is now. */
export function messageOf(
  step: Step,
  flow: Flow,
  execution: Execution,
  sent: readonly Message[],
  at: number,
): Message | undefined {
  const id = `m${sent.length}`
  const pending = execution.pending[step.choice % Math.max(1, execution.pending.length)]
  const operator = { id, at, actor: 'tester', reason: 'because' }
  const event = { kind: 'apply-event', id, at, event: step.event, data: { n: step.n } } as const
  switch (step.act) {
    case 'answer':
      return pending === undefined ? event : { ...event, commandId: pending.id }
    case 'event':
      return event
    case 'event-of-log':
      // Positions grow with what was sent; some messages are read again, from where they were.
      return {
        ...event,
        origin: {
          source: `log/${step.n % 2}`,
          position: Math.max(0, sent.length - (step.choice % 4)),
        },
      }
    case 'late-answer':
      return { ...event, commandId: `${execution.id}:${step.choice + 1}` }
    case 'accept':
      return {
        kind: 'accept-command',
        id,
        at,
        commandId: pending?.id ?? `${execution.id}:${step.choice}`,
      }
    case 'fail':
    case 'fail-for-good':
      return {
        kind: 'fail-command',
        id,
        at,
        commandId: pending?.id ?? `${execution.id}:${step.choice}`,
        code: 'AWAY',
        message: 'nobody there',
        retryable: step.act === 'fail',
      }
    case 'time': {
      const timer = execution.timers[step.choice % Math.max(1, execution.timers.length)]
      return { kind: 'fire-timer', id, at, timerId: timer?.id ?? 'none' }
    }
    case 'stale-timer':
      return { kind: 'fire-timer', id, at, timerId: `${step.choice}.0` }
    case 'again':
      return sent[step.choice % Math.max(1, sent.length)]
    case 'retry':
      return { kind: 'retry', ...operator, ...(step.n > 8 ? { data: { n: step.n } } : {}) }
    case 'skip':
    case 'cancel':
    case 'pause':
    case 'resume':
      return { kind: step.act, ...operator }
    case 'roll-back':
      return { kind: 'roll-back', ...operator }
    case 'move': {
      const nodes = [...flow.nodes.keys(), 'Nowhere']
      return { kind: 'move', ...operator, node: nodes[step.choice % nodes.length] ?? 'Nowhere' }
    }
  }
}
