import type { Expression } from './expression.ts'
import type { RetryPolicy } from './retry-policy.ts'
import type { TimedTransitions, Transition } from './transition.ts'

/** A command to be sent. Without `data` it carries the whole state. */
export interface CommandTemplate {
  readonly channel: string
  readonly command: string
  readonly data?: Expression
  readonly retry?: RetryPolicy
}

/** What a node does when it is entered. */
export type Activity = { readonly kind: 'send'; readonly send: CommandTemplate }

/** How to undo a node's activity. */
export interface Undo {
  readonly send: CommandTemplate
  /** The next compensation waits for this event; without it, for the channel's acceptance. */
  readonly done?: string
  /** This event means that the attempt failed. */
  readonly failed?: string
  /** An attempt without `done` after this time has failed. */
  readonly withinMs?: number
  readonly retry: RetryPolicy
}

/** A vertex of the compiled graph: a *state* of a saga, a *step* of a process. */
export interface Node {
  readonly id: string
  readonly title?: string
  readonly description?: string
  readonly stage?: string
  readonly activity?: Activity
  /** Commands sent beside the activity, whose failure never stops the flow. */
  readonly also: readonly CommandTemplate[]
  /** Values put into the state on entering, before the activity; null removes. */
  readonly set?: Expression
  /** Ways out by event: the first transition whose guard holds. */
  readonly on: ReadonlyMap<string, readonly Transition[]>
  /** Ways out by timer, counted from entering. */
  readonly after: readonly TimedTransitions[]
  /** Ways out by condition, tried when the activity has been accepted (at once without one). */
  readonly next: readonly Transition[]
  readonly final?: 'success' | 'failure'
  readonly undo?: Undo
  /** The author says that there is nothing to undo (`undo: none`); only the checker asks for it. */
  readonly undoNone?: true
}
