import type { Json, JsonObject } from './json.ts'

/**
 * What an expression can see. Time, ids and randomness derive from `message`, so that deciding on
 * the same message twice gives the same answer.
 */
export interface Scope {
  readonly input: JsonObject
  readonly state: JsonObject
  readonly event?: { readonly name: string; readonly data: Json; readonly id: string }
  readonly error?: { readonly code: string; readonly message: string }
  readonly execution: {
    readonly id: string
    readonly key?: string
    readonly flow: string
    readonly version: number
    readonly startedAt: number
  }
  /** The message being decided: `at` is `now()`, `id` seeds `uuid()` and `random()`. */
  readonly message: { readonly id: string; readonly at: number }
}

/** What came of an expression. A failure is a value: the kernel decides what it means. */
export type Evaluation =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly error: string }

/**
 * An expression of the flow, compiled by `src/flow/expressions`. The kernel knows no expression
 * language; it calls `evaluate`, which must be pure, total (it never throws) and always terminate.
 */
export interface Expression {
  readonly source: string
  readonly evaluate: (scope: Scope) => Evaluation
}

/** Checks a value against a schema of the flow; an empty list means it fits. Pure and total. */
export interface SchemaCheck {
  readonly schema: JsonObject
  readonly check: (value: Json) => readonly string[]
}
