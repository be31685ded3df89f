/** Waits that grow with each failure in a row, so that a server coming back is not run over. */
export interface Backoff {
  /** The next wait; `atLeastMs` is what the server asked for. */
  nextMs(atLeastMs?: number): number
  /** To be called after a success. */
  reset(): void
  readonly failures: number
}

const firstMs = 100
/** Short enough that work goes on soon after a restart, long enough that asking costs nothing. */
const longestMs = 3_000

export function createBackoff(random: () => number = Math.random): Backoff {
  let failures = 0
  return {
    nextMs: (atLeastMs = 0) => {
      const ceilingMs = Math.min(longestMs, firstMs * 2 ** failures)
      failures += 1
      // Half fixed, half random: never at once, and many workers do not come back together.
      return Math.max(atLeastMs, ceilingMs / 2 + (random() * ceilingMs) / 2)
    },
    reset: () => {
      failures = 0
    },
    get failures() {
      return failures
    },
  }
}

/** Waits; ends early, without an error, when the signal is aborted. */
export function pause(durationMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve()
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, durationMs)
    signal?.addEventListener('abort', end)
  })
}
