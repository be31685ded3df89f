import type { RetryPolicy } from '../../kernel/model/retry-policy.ts'

/**
 * Twenty-five attempts, half a second doubled up to a minute: about twenty minutes, in which a
 * service is usually back. After that a person should look.
 */
export const defaultRetry: RetryPolicy = {
  attempts: 25,
  intervalMs: 500,
  backoff: 2,
  maxIntervalMs: 60_000,
  jitter: 0.2,
}

/** How long an unexpected event is kept: answers that arrive early are minutes early, not days. */
export const defaultKeepMs = 3_600_000
