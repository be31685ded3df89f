import { isDeepStrictEqual } from 'node:util'
import type { decide as realDecide } from '../../src/kernel/decide/decide.ts'
import type { Decision } from '../../src/kernel/model/decision.ts'
import type { Execution } from '../../src/kernel/model/execution.ts'
import type { Fact } from '../../src/kernel/model/fact.ts'
import type { Flow } from '../../src/kernel/model/flow.ts'
import type { Message } from '../../src/kernel/model/message.ts'
import { invariants } from './invariants.ts'
import { messageOf, type Step } from './random-schedule.ts'

/** I13, that a decision is a function of its arguments, is checked by deciding twice. */
const allInvariants: readonly string[] = [...Object.keys(invariants), 'I13']

const startAt = 1_700_000_000_000

/**
 * Runs a schedule against a kernel; throws with the invariant that broke, and how it came there.
 *
 * @param numbers the invariants to check
 */
export function runSchedule(
  decide: typeof realDecide,
  flow: Flow,
  schedule: readonly Step[],
  numbers: readonly string[] = allInvariants,
): Execution | undefined {
  const journal: Fact[] = []
  const outbox = new Set<string>()
  const sent: Message[] = []
  let execution: Execution | undefined
  let at = startAt

  function send(message: Message): void {
    const before = execution
    const decision = decide(flow, deepFreeze(before), deepFreeze(message))
    const again = numbers.includes('I13') ? decide(flow, before, message) : decision
    if (!isDeepStrictEqual(again, decision)) {
      throw new Error('I13 broken: the same decision twice gives two answers')
    }
    journal.push(...decision.facts)
    changeOutbox(outbox, decision)
    for (const number of numbers) {
      const wrong = invariants[number]?.({ flow, before, message, decision, journal, outbox })
      if (wrong !== undefined) {
        throw new Error(
          `${number} broken by ${JSON.stringify(message)}: ${wrong}\n${journal.map((fact) => JSON.stringify(fact)).join('\n')}`,
        )
      }
    }
    sent.push(message)
    execution = decision.execution ?? before
  }

  send({ kind: 'start-execution', id: 'start', at, executionId: 'e1', input: { n: 1, deep: {} } })
  for (const step of schedule) {
    if (execution === undefined) return undefined
    at += step.waitMs
    const message = messageOf(step, flow, execution, sent, at)
    if (message !== undefined) send(message)
  }
  return execution
}

function changeOutbox(outbox: Set<string>, decision: Decision): void {
  if (decision.kind === 'rejected') return
  for (const effect of decision.effects) {
    if (effect.kind === 'send-command') outbox.add(effect.commandId)
    if (effect.kind === 'close-command' || effect.kind === 'withdraw-command') {
      outbox.delete(effect.commandId)
    }
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const field of Object.values(value)) deepFreeze(field)
  }
  return value
}
