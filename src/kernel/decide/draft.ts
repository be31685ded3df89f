import { evolve } from '../evolve/evolve.ts'
import type { Answer, Decision, RejectionCode } from '../model/decision.ts'
import type { Effect } from '../model/effect.ts'
import type { Cause, Execution } from '../model/execution.ts'
import type { Fact } from '../model/fact.ts'
import type { Flow } from '../model/flow.ts'
import type { Message } from '../model/message.ts'

/**
 * A decision in the making. Each fact is folded at once, so that what follows sees the execution as
 * it is after it. Mutable, but never seen outside one call of `decide`.
 */
export interface Draft {
  readonly flow: Flow
  readonly message: Message
  execution: Execution
  readonly facts: Fact[]
  readonly effects: Effect[]
  /** What is to be done next, in order; `proceed` does it. */
  readonly steps: Step[]
  /** A node was entered, or its activity accepted, and what follows from that was not done yet. */
  arrived: boolean
  /** The forward path failed once in this decision; a second failure needs a person. */
  failedOnce: boolean
  /** Why the rollback that ended in this decision had run: becomes the outcome. */
  rollbackCause?: Cause
}

export function createDraft(flow: Flow, execution: Execution, message: Message): Draft {
  return {
    flow,
    message,
    execution,
    facts: [],
    effects: [],
    steps: [],
    arrived: false,
    failedOnce: false,
  }
}

/**
 * A step of a decision. Steps are planned instead of called, because entering can fail, failing can
 * roll back, and rolling back enters: as calls these would be a knot, and deep for long loops.
 */
export type Step =
  | {
      readonly kind: 'enter'
      readonly node: string
      readonly by: Cause
      readonly milestone?: string | undefined
    }
  | {
      readonly kind: 'fail'
      readonly failure: Failure
      /** The node's own activity may have happened, so it is undone as well. */
      readonly ownUndo: boolean
    }
  | {
      readonly kind: 'roll-back'
      readonly target: string | undefined
      readonly by: Cause
      readonly ownUndo: boolean
      readonly milestone?: string | undefined
    }
  | { readonly kind: 'next-compensation' }

/** What could not be done on the forward path. */
export interface Failure {
  readonly code: string
  readonly message: string
}

export function plan(draft: Draft, step: Step): void {
  draft.steps.push(step)
}

/** A fact as it is written down here: the time is the message's. */
export type NewFact = Fact extends infer One ? (One extends Fact ? Omit<One, 'at'> : never) : never

export function addFact(draft: Draft, fact: NewFact): void {
  // The spread cannot keep the union apart, hence the one cast of the kernel.
  const dated = { ...fact, at: draft.message.at } as Fact
  draft.facts.push(dated)
  draft.execution = evolve(draft.execution, dated)
}

export function addEffect(draft: Draft, effect: Effect): void {
  draft.effects.push(effect)
}

export function accepted(draft: Draft, answer: Answer = { applied: true }): Decision {
  return {
    kind: 'accepted',
    facts: draft.facts,
    effects: draft.effects,
    execution: draft.execution,
    answer,
  }
}

/** A rejection without a trace; what the draft holds is dropped. */
export function rejected(
  code: RejectionCode,
  detail: string,
  execution: Execution | undefined,
): Decision {
  return {
    kind: 'rejected',
    code,
    detail,
    facts: [],
    ...(execution === undefined ? {} : { execution }),
  }
}
