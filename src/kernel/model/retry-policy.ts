/** When a failed attempt is made again. */
export interface RetryPolicy {
  /** Attempts in all, the first one included; at least 1. */
  readonly attempts: number
  /** The wait before the second attempt. */
  readonly intervalMs: number
  /** Each further wait is the one before times this. */
  readonly backoff: number
  readonly maxIntervalMs: number
  /** 0 … 1: the share of the wait that is random, so that many failures do not return together. */
  readonly jitter: number
}
