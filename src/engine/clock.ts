import type { Clock } from './options.ts'

/** setTimeout fires at once beyond 2^31 - 1 ms; longer waits are made in pieces by the caller. */
const longestDelayMs = 2 ** 31 - 1

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, callback) {
    const timeout = setTimeout(callback, Math.min(Math.max(delayMs, 0), longestDelayMs))
    return () => clearTimeout(timeout)
  },
}
