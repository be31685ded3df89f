import type { RetryPolicy } from '../model/retry-policy.ts'
import { randomFrom } from './randomness.ts'

/**
 * The wait after a failed attempt: exponential backoff, capped, with jitter that only shortens it, so
 * that `maxIntervalMs` holds. Not before the receiver's own wish.
 *
 * @param attempt the attempt that failed, from 1
 */
export function retryWaitMs(
  policy: RetryPolicy,
  attempt: number,
  seed: string,
  retryAfterMs = 0,
): number {
  const exponential = policy.intervalMs * policy.backoff ** (attempt - 1)
  const capped = Math.min(exponential, policy.maxIntervalMs)
  const jittered = capped * (1 - policy.jitter * randomFrom(seed))
  return Math.max(Math.round(jittered), retryAfterMs)
}
