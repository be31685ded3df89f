import type { FlowKind } from './flow.ts'
import type { Json, JsonObject } from './json.ts'

/**
 * `running`: something is being done that no outside event is needed for. `waiting`: for an event or
 * a timer. `incident`: for a person. The last four are final.
 */
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

export type FinalStatus = 'completed' | 'failed' | 'rolled-back' | 'cancelled'

export const finalStatuses: readonly FinalStatus[] = [
  'completed',
  'failed',
  'rolled-back',
  'cancelled',
]

/** Why a command was sent: to do, beside doing, or to undo. */
export type CommandPurpose = 'activity' | 'also' | 'undo'

/** A command that was issued and that no receiver has accepted yet. Mirrors a row of the outbox. */
export interface PendingCommand {
  readonly id: string
  readonly channel: string
  readonly command: string
  readonly purpose: CommandPurpose
  readonly node: string
  /** The attempt under way or waited for, from 1. */
  readonly attempt: number
  /** Retries are used up; only an operator's retry sends it again. */
  readonly exhausted?: true
}

/** A time at which the execution goes on by itself. */
export interface Timer {
  readonly id: string
  readonly at: number
  readonly purpose:
    | { readonly kind: 'after'; readonly index: number }
    | { readonly kind: 'compensation-deadline' }
    | { readonly kind: 'compensation-retry' }
}

/** A completed (or possibly completed) activity that a rollback would undo. */
export interface Compensation {
  readonly id: string
  readonly node: string
  /** `unknown`: the node was left without an answer; the undo must tolerate nothing to undo. */
  readonly outcome: 'done' | 'unknown'
  /** The undo command's data, captured when remembered; absent: the whole state at rollback. */
  readonly data?: Json
  readonly status: 'remembered' | 'undone' | 'skipped'
}

/** The compensation under way in a rollback. */
export interface CompensationAttempt {
  readonly id: string
  readonly attempt: number
  /** The undo command; replaced on each attempt after a failure that a receiver reported. */
  readonly commandId?: string
  /** The command was accepted, the `done` event is waited for. */
  readonly accepted?: true
  /** The attempt has failed; the next one waits for its time, or for a person. */
  readonly failed?: true
}

export interface Rollback {
  /** Entered when everything is undone; absent: the execution ends as rolled back. */
  readonly target?: string
  readonly cause: Cause
  readonly current?: CompensationAttempt
}

/** Why an execution moved. */
export type Cause =
  | { readonly kind: 'start' }
  | { readonly kind: 'event'; readonly event: string; readonly messageId: string }
  | { readonly kind: 'timer'; readonly delayMs: number }
  | { readonly kind: 'condition' }
  | { readonly kind: 'failure'; readonly code: string; readonly message: string }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'operator'; readonly actor: string; readonly reason: string }

/** An event that waits for a node that expects it, or for the end of a pause. */
export interface KeptEvent {
  readonly messageId: string
  readonly event: string
  readonly data: Json
  readonly expiresAt?: number
}

/** Something that needs a person. */
export interface Incident {
  readonly code: string
  readonly message: string
  readonly at: number
  readonly node: string
  readonly subject:
    | { readonly kind: 'command'; readonly commandId: string }
    | { readonly kind: 'compensation'; readonly compensationId: string }
    | { readonly kind: 'node' }
}

export interface Outcome {
  readonly code?: string
  readonly message?: string
}

/** One run of one version of a flow: the fold of its facts. */
export interface Execution {
  readonly id: string
  readonly flow: string
  readonly version: number
  readonly kind: FlowKind
  readonly key?: string
  readonly status: Status
  readonly node: string
  readonly stage?: string
  readonly input: JsonObject
  readonly state: JsonObject
  readonly output?: Json
  readonly outcome?: Outcome
  readonly startedAt: number
  readonly updatedAt: number
  readonly finishedAt?: number
  /** How many facts were folded; also the journal's length and the optimistic lock of the store. */
  readonly revision: number
  /** How many nodes were entered. */
  readonly visits: number
  /** Each node that was entered, once. */
  readonly visited: readonly string[]
  readonly commandsIssued: number
  readonly pending: readonly PendingCommand[]
  readonly timers: readonly Timer[]
  readonly compensations: readonly Compensation[]
  readonly rollback?: Rollback
  /** A rollback has run since the last activity was remembered. */
  readonly rolledBack: boolean
  readonly kept: readonly KeptEvent[]
  readonly incident?: Incident
  /** The status to return to when the pause ends. */
  readonly pausedFrom?: Status
  /** How many messages were recorded without effect (ignored, rejected): bounded. */
  readonly notes: number
  /** The last position that was read from each ordered log, by source: events are not taken twice. */
  readonly positions?: Readonly<Record<string, number>>
}

/** Tells whether the execution has ended. */
export function isFinished(execution: Pick<Execution, 'status'>): boolean {
  return (
    execution.status === 'completed' ||
    execution.status === 'failed' ||
    execution.status === 'rolled-back' ||
    execution.status === 'cancelled'
  )
}
