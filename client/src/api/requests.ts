import type { JsonInput } from '../json.ts'
import type { Status } from './execution.ts'

export interface StartRequest {
  readonly flow: string
  /** Default: the newest published one. */
  readonly version?: number
  /**
   * The id of the execution. The same id again gives the first execution, not a second one. Default:
   * a new time-ordered one, so that a repeat after a broken connection starts nothing twice.
   */
  readonly id?: string
  /** The business key, where the flow does not make it from the input. */
  readonly key?: string
  readonly input?: JsonInput
  /** Answer when the execution has ended, or after this time (at most 55 s). */
  readonly waitMs?: number
  /** The W3C trace context of who starts it: the execution's trace refers to it. */
  readonly traceparent?: string
}

export interface EventMessage {
  readonly event: string
  readonly data?: JsonInput
  /** The same id again has no second effect. Default: a new one per call. */
  readonly id?: string
}

/** An execution by its id, or by its flow and business key. */
export type EventTarget = string | { readonly flow: string; readonly key: string }

/** What an event led to, and where the execution is now. */
export type EventAnswer = {
  readonly execution: string
  readonly node: string
  readonly status: Status
} & ({ readonly applied: true } | { readonly applied: false; readonly reason: string })

export interface ExecutionQuery {
  readonly flow?: string
  readonly version?: number
  readonly status?: Status | readonly Status[]
  readonly node?: string
  readonly stage?: string
  readonly key?: string
  /** Id, key, or what the flow's `search` names. */
  readonly q?: string
  /** ISO 8601. */
  readonly startedAfter?: string
  readonly startedBefore?: string
  readonly updatedAfter?: string
  readonly updatedBefore?: string
  readonly incident?: boolean
  readonly sort?: 'startedAt' | '-startedAt' | 'updatedAt' | '-updatedAt'
  readonly limit?: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string
}

export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor?: string
}

/** Every act of an operator says why; it becomes a fact. */
export interface Act {
  readonly reason: string
}

export interface RetryAct extends Act {
  /** Replaces the data of the compensation that is retried. */
  readonly data?: JsonInput
}

export interface RollBackAct extends Act {
  /** The node to end in; default: what the flow says. */
  readonly target?: string
}

export interface MoveAct extends Act {
  readonly node: string
}

export interface PublishedFlow {
  readonly flow: string
  readonly kind: 'saga' | 'process'
  readonly version: number
  readonly hash: string
  readonly diagnostics: readonly Diagnostic[]
}

/** A finding in a flow's text. */
export interface Diagnostic {
  readonly code: string
  readonly severity: 'error' | 'warning' | 'hint'
  readonly message: string
  readonly range: {
    readonly line: number
    readonly column: number
    readonly endLine: number
    readonly endColumn: number
  }
}

/** A flow and how its executions are. */
export interface FlowSummary {
  readonly flow: string
  readonly kind: 'saga' | 'process'
  readonly title?: string
  readonly status: 'active' | 'paused' | 'retired'
  readonly version: number
  readonly hash: string
  /** How many executions have each status. */
  readonly executions: Readonly<Partial<Record<Status, number>>>
  readonly incidents: number
}
