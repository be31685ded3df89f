import type { Effect } from './effect.ts'
import type { Execution } from './execution.ts'
import type { Fact, IgnoredReason } from './fact.ts'

/** Codes of the kernel's rejections; each has its page under `docs/errors`. */
export type RejectionCode =
  | 'EVENT_UNEXPECTED'
  | 'EVENT_INVALID'
  | 'EVENTS_KEPT_LIMIT'
  | 'JOURNAL_FULL'
  | 'INPUT_INVALID'
  | 'KEY_INVALID'
  | 'EXECUTION_EXISTS'
  | 'EXECUTION_FINISHED'
  | 'NOT_PAUSED'
  | 'ALREADY_PAUSED'
  | 'ROLLBACK_RUNNING'
  | 'NOTHING_TO_RETRY'
  | 'NOTHING_TO_SKIP'
  | 'NOTHING_TO_ROLL_BACK'
  | 'NODE_UNKNOWN'

/** What the sender of a message learns. */
export type Answer =
  | { readonly applied: true }
  | {
      readonly applied: false
      readonly reason: IgnoredReason | 'kept' | 'stale' | 'duplicate' | 'invalid'
    }

/**
 * What the kernel decided. `execution` is what folding `facts` onto the execution before gives: the
 * shell may trust it, a test holds it. A rejection has at most one fact, the recorded rejection.
 */
export type Decision =
  | {
      readonly kind: 'accepted'
      readonly facts: readonly Fact[]
      readonly effects: readonly Effect[]
      readonly execution: Execution
      readonly answer: Answer
    }
  | {
      readonly kind: 'rejected'
      readonly code: RejectionCode
      readonly detail: string
      readonly facts: readonly Fact[]
      /** Absent when the rejected message would have started the execution. */
      readonly execution?: Execution
    }
