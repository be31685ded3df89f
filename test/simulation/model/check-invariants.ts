import type { Execution } from '../../../src/kernel/model/execution.ts'
import type { Fact } from '../../../src/kernel/model/fact.ts'
import type { Flow } from '../../../src/kernel/model/flow.ts'
import type { Message } from '../../../src/kernel/model/message.ts'
import { invariants, type Observation } from '../../kernel/invariants.ts'
import type { Violation } from './violations.ts'

/** One write: what several decisions have led to. */
export interface Written {
  readonly flow: Flow
  readonly before: Execution | undefined
  readonly after: Execution
  readonly facts: readonly Fact[]
  readonly journal: readonly Fact[]
  readonly outbox: ReadonlySet<string>
}

/**
 * The kernel's invariants that can be seen in what is stored. The others are about a single decision
 * and its message, which a store never sees; random schedules of the kernel hold them. I2 is checked
 * fact by fact as they are written.
 */
const visible = ['I1', 'I5', 'I6', 'I7', 'I9', 'I10', 'I11'] as const

export function brokenInvariant(written: Written): Violation | undefined {
  const { flow, before, after, facts, journal, outbox } = written
  const observation: Observation = {
    flow,
    before,
    message: messageBehind(facts),
    decision: { kind: 'accepted', facts, effects: [], execution: after, answer: { applied: true } },
    journal,
    outbox,
  }
  for (const number of visible) {
    const wrong = invariants[number]?.(observation)
    if (wrong !== undefined) return { promise: `${number} of the kernel`, detail: wrong }
  }
  return undefined
}

/** Only whether an operator had a hand in it matters to the invariants that are checked. */
function messageBehind(facts: readonly Fact[]): Message {
  const at = facts.at(-1)?.at ?? 0
  const operator = { id: 'unknown', at, actor: 'unknown', reason: 'unknown' }
  return facts.some(isOfOperator)
    ? { kind: 'roll-back', ...operator }
    : { kind: 'accept-command', id: 'unknown', at, commandId: 'unknown' }
}

function isOfOperator(fact: Fact): boolean {
  if ('act' in fact && fact.act !== undefined) return true
  return 'by' in fact && fact.by.kind === 'operator'
}
