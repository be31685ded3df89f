import { compileFlow } from '../../src/flow/index.ts'
import { decide } from '../../src/kernel/decide/decide.ts'
import type { Decision } from '../../src/kernel/model/decision.ts'
import type { Effect } from '../../src/kernel/model/effect.ts'
import type { Execution } from '../../src/kernel/model/execution.ts'
import type { Fact } from '../../src/kernel/model/fact.ts'
import type { Flow } from '../../src/kernel/model/flow.ts'
import type { Json, JsonObject } from '../../src/kernel/model/json.ts'
import type { Message } from '../../src/kernel/model/message.ts'

type Without<Kind> = Kind extends Message ? Omit<Kind, 'id' | 'at'> : never
const operator = { actor: 'ada', reason: 'because' } as const

/** Tells a story to the kernel, message by message. */
export interface Story {
  execution(): Execution
  readonly facts: readonly Fact[]
  readonly effects: readonly Effect[]
  /** What the last message led to. */
  last(): Decision
  send(message: Without<Message>): Decision
  event(event: string, data?: Json, commandId?: string): Decision
  act(
    act:
      | { readonly kind: 'retry'; readonly data?: Json }
      | { readonly kind: 'skip' | 'cancel' | 'pause' | 'resume' | 'roll-back' }
      | { readonly kind: 'move'; readonly node: string },
  ): Decision
  /** Lets time pass, and fires what is due. */
  wait(ms: number): void
  /** The id of the pending command with this name. */
  pending(command: string): string
  /** Names of the commands issued so far, in order. */
  commands(): readonly string[]
  /** Kinds of the facts of the last decision. */
  kinds(): readonly string[]
}

export function flowOf(text: string): Flow {
  const { flow, diagnostics } = compileFlow({ text })
  if (flow === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return flow
}

export function tell(flowText: string, input: JsonObject = { orderId: 'o1' }): Story {
  const flow = flowOf(flowText)
  const facts: Fact[] = []
  const effects: Effect[] = []
  let current: Execution | undefined
  let at = 1_000
  let messages = 0
  let decision: Decision

  function deliver(message: Message): Decision {
    decision = decide(flow, current, message)
    facts.push(...decision.facts)
    if (decision.kind === 'accepted') effects.push(...decision.effects)
    current = decision.execution ?? current
    return decision
  }
  function send(message: Without<Message>): Decision {
    messages += 1
    return deliver({ ...message, id: `m${messages}`, at } as Message)
  }
  const execution = (): Execution => {
    if (current === undefined) throw new Error('expected the story to have begun')
    return current
  }
  decision = send({ kind: 'start-execution', executionId: 'e1', input })

  return {
    execution,
    facts,
    effects,
    last: () => decision,
    send,
    event: (event, data = {}, commandId) =>
      send({
        kind: 'apply-event',
        event,
        data,
        ...(commandId === undefined ? {} : { commandId }),
      }),
    act: (act) => send({ ...act, ...operator }),
    wait(ms) {
      const until = at + ms
      // The timers of a paused execution sleep.
      while (execution().status !== 'paused') {
        const due = execution()
          .timers.toSorted((one, other) => one.at - other.at)
          .find((timer) => timer.at <= until)
        // A paused execution's timers sleep: firing them would go on for ever.
        if (due === undefined || execution().status === 'paused') break
        at = due.at
        send({ kind: 'fire-timer', timerId: due.id })
      }
      at = until
    },
    pending(command) {
      const found = execution().pending.find((pending) => pending.command === command)
      if (found === undefined) throw new Error(`expected ${command} to be pending`)
      return found.id
    },
    commands: () => facts.flatMap((fact) => (fact.kind === 'command-issued' ? [fact.command] : [])),
    kinds: () => decision.facts.map(({ kind }) => kind),
  }
}

/** The trip saga: two reservations that are undone, a third step that is waited for. */
export const trip = `
saga: trip
channel: travel
states:
  Hotel:
    send: BookHotel
    undo: CancelHotel
    on: { HotelBooked: Flight, HotelFull: { to: Failed, failed: true } }
    after: { 10s: { rollback: Failed } }
  Flight:
    send: BookFlight
    undo: { send: CancelFlight, done: FlightCancelled, failed: FlightStays, within: 30s, retry: { attempts: 2, interval: 1s } }
    on: { FlightBooked: Car, FlightFull: { rollback: Failed } }
    after: { 1m: { rollback: Failed } }
  Car:
    send: { command: BookCar, retry: { attempts: 2, interval: 1s } }
    on: { CarBooked: Done, CarGone: { rollback: Failed }, Note: { stay: true } }
    after: { 1h: { rollback: Failed } }
  Done: { final: success }
  Failed: { final: failure }
`
