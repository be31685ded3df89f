import type { Expression, SchemaCheck } from './expression.ts'

/** One way out of a node. */
export interface Transition {
  readonly to:
    | { readonly kind: 'node'; readonly node: string }
    /** Run the remembered compensations, then enter the node (without one: end as rolled back). */
    | { readonly kind: 'rollback'; readonly node?: string }
    /** Handle the event without entering the node again. */
    | { readonly kind: 'stay' }
  readonly guard?: Expression
  /** A map of values put into the state; null removes. */
  readonly set?: Expression
  /** The event's data must fit, or the message is rejected. */
  readonly validate?: SchemaCheck
  /** The milestone that this transition reaches. */
  readonly milestone?: string
  /** The event says that the activity did not happen: its undo is not remembered. */
  readonly failed: boolean
}

/** Transitions tried when a time has passed since the node was entered. */
export interface TimedTransitions {
  readonly delayMs: number
  readonly transitions: readonly Transition[]
}
