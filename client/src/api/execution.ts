import type { Json, JsonObject } from '../json.ts'

export type Status =
  | 'running'
  | 'waiting'
  | 'compensating'
  | 'incident'
  | 'paused'
  | 'completed'
  | 'failed'
  | 'rolled-back'
  | 'cancelled'

/** The statuses of an execution that has ended. */
export const finalStatuses: readonly Status[] = ['completed', 'failed', 'rolled-back', 'cancelled']

/** Tells whether an execution has ended. */
export function hasEnded(execution: { readonly status: Status }): boolean {
  return finalStatuses.includes(execution.status)
}

/** An execution in lists: everything but its data. Times are ISO 8601, UTC. */
export interface ExecutionSummary {
  readonly id: string
  readonly flow: string
  readonly version: number
  readonly kind: 'saga' | 'process'
  readonly key?: string
  readonly status: Status
  /** The node it is in: a saga's state, a process's step. */
  readonly node: string
  readonly stage?: string
  readonly outcome?: { readonly code?: string; readonly message?: string }
  readonly startedAt: string
  readonly updatedAt: string
  readonly finishedAt?: string
  readonly incident?: Incident
  /** How many facts its journal has. */
  readonly revision: number
}

export interface Execution<State = JsonObject> extends ExecutionSummary {
  readonly state: State
  readonly output?: Json
  readonly waitingFor: readonly WaitingFor[]
  readonly compensations: readonly Compensation[]
  /** The execution that started this one. */
  readonly parent?: string
  readonly children: readonly string[]
}

/** What would let an execution go on; `text` is for people. */
export type WaitingFor = { readonly text: string } & (
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'timer'; readonly at: string; readonly purpose: 'after' | 'compensation' }
  | {
      readonly kind: 'command'
      readonly commandId: string
      readonly command: string
      readonly channel: string
      readonly attempt: number
    }
  | { readonly kind: 'operator'; readonly why: 'incident' | 'paused'; readonly detail: string }
)

export interface Compensation {
  readonly id: string
  readonly node: string
  /** `unknown`: the node was left without an answer. */
  readonly outcome: 'done' | 'unknown'
  readonly data?: Json
  readonly status: 'remembered' | 'running' | 'undone' | 'skipped'
  readonly attempt?: number
}

/** Something that needs a person. */
export interface Incident {
  readonly code: string
  readonly message: string
  readonly at: string
  readonly node: string
}

/**
 * A fact of a journal. Which further properties it has depends on its `kind`; the reference of facts
 * in the documentation names them all.
 */
export interface Fact {
  /** Its place in the journal, from 1. */
  readonly sequence: number
  readonly kind: string
  readonly at: string
  readonly [property: string]: unknown
}
