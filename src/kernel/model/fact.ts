import type {
  Cause,
  CommandPurpose,
  Compensation,
  FinalStatus,
  Incident,
  Outcome,
  Status,
  Timer,
} from './execution.ts'
import type { FlowKind, Merge } from './flow.ts'
import type { Json, JsonObject } from './json.ts'
import type { Origin } from './origin.ts'

/** Who did it, and why: on every fact that an operator's act left. */
export interface Act {
  readonly actor: string
  readonly reason: string
}

/** Why an event had no effect. */
export type IgnoredReason =
  /** No node of the flow handles it. */
  | 'unknown'
  /** A node that was not entered yet handles it. */
  | 'early'
  /** A node that was left handles it, or its command was answered or given up. */
  | 'late'
  /** The current node handles it, but no guard holds. */
  | 'guarded'
  /** The execution has ended. */
  | 'finished'
  /** It was kept, and its time ran out. */
  | 'expired'
  /** Too many events are kept already. */
  | 'overflow'

/**
 * What is remembered. Facts are for ever: a kind never changes its meaning, a changed meaning is a
 * new kind. `at` is the time of the message that led to it, in ms since 1970.
 */
export type Fact = { readonly at: number } & (
  | {
      readonly kind: 'started'
      readonly id: string
      readonly flow: string
      readonly version: number
      readonly flowKind: FlowKind
      readonly key?: string
      readonly input: JsonObject
      /** Absent: the state begins as the input. */
      readonly state?: JsonObject
      readonly actor?: string
      /** The W3C trace context that the start came with: for traces only. */
      readonly traceparent?: string
    }
  | {
      readonly kind: 'entered'
      readonly node: string
      readonly stage?: string
      readonly from?: string
      readonly by: Cause
      readonly milestone?: string
      readonly timers: readonly Timer[]
      readonly status: Status
    }
  | {
      readonly kind: 'stayed'
      readonly node: string
      readonly by: Cause
      readonly milestone?: string
    }
  | {
      readonly kind: 'event-applied'
      readonly messageId: string
      readonly event: string
      readonly data: Json
      readonly merge: Merge
      /** The command that it answers, which thereby is accepted. */
      readonly commandId?: string
      readonly origin?: Origin
    }
  | {
      readonly kind: 'event-kept'
      readonly messageId: string
      readonly event: string
      readonly data: Json
      readonly reason: 'unexpected' | 'paused'
      readonly expiresAt?: number
      readonly commandId?: string
      readonly origin?: Origin
    }
  /** A kept event left the list: it is applied or ignored by the facts that follow. */
  | { readonly kind: 'event-released'; readonly messageId: string }
  | {
      readonly kind: 'event-ignored'
      readonly messageId: string
      readonly event: string
      readonly data: Json
      readonly reason: IgnoredReason
      readonly commandId?: string
      readonly origin?: Origin
    }
  | {
      readonly kind: 'message-rejected'
      readonly messageId: string
      readonly message: string
      readonly code: string
      readonly detail: string
      readonly origin?: Origin
    }
  /** Values put into the state: shallow, null removes. */
  | { readonly kind: 'state-set'; readonly values: JsonObject }
  | {
      readonly kind: 'command-issued'
      readonly id: string
      readonly channel: string
      readonly command: string
      readonly purpose: CommandPurpose
      readonly node: string
      /** Absent: the whole state as it is after the facts before this one. */
      readonly data?: Json
    }
  | { readonly kind: 'command-accepted'; readonly id: string }
  | {
      readonly kind: 'command-failed'
      readonly id: string
      readonly attempt: number
      readonly code: string
      readonly message: string
      /** Absent: retries are used up, or the failure is for good. */
      readonly retryAt?: number
    }
  | { readonly kind: 'command-withdrawn'; readonly id: string }
  /** The retries of a command were used up and it is sent again, with the same id. */
  | { readonly kind: 'command-resent'; readonly id: string; readonly act: Act }
  | {
      readonly kind: 'compensation-remembered'
      readonly id: string
      readonly node: string
      readonly outcome: Compensation['outcome']
      readonly data?: Json
    }
  | {
      readonly kind: 'rollback-started'
      readonly target?: string
      readonly by: Cause
      readonly milestone?: string
    }
  | {
      readonly kind: 'compensation-started'
      readonly id: string
      readonly node: string
      readonly attempt: number
      readonly commandId: string
      readonly timers: readonly Timer[]
      /** Replaces the captured data, by an operator's wish. */
      readonly data?: Json
    }
  | { readonly kind: 'compensation-accepted'; readonly id: string }
  | {
      readonly kind: 'compensation-failed'
      readonly id: string
      readonly attempt: number
      readonly code: string
      readonly message: string
      readonly retry?: Timer
    }
  | { readonly kind: 'compensation-completed'; readonly id: string }
  | { readonly kind: 'compensation-skipped'; readonly id: string; readonly act: Act }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'incident-raised'; readonly incident: Incident }
  | { readonly kind: 'incident-resolved'; readonly status: Status; readonly act?: Act }
  | { readonly kind: 'paused'; readonly act: Act }
  | { readonly kind: 'resumed'; readonly act: Act }
  | { readonly kind: 'timer-fired'; readonly id: string }
  | {
      readonly kind: 'finished'
      readonly status: FinalStatus
      readonly outcome?: Outcome
      readonly output?: Json
      readonly act?: Act
    }
)

export type FactKind = Fact['kind']
