import type { Log } from '../engine/log.ts'

/** While a receiver is away every request fails: at most one line in this time. */
const intervalMs = 60_000

/** Tells of failed requests: the first at once, then once a minute how many there were. */
export function createFailureLog(log: Log, tracesUrl: string): (error: Error) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  let untold = 0
  return (error) => {
    untold += 1
    const now = performance.now()
    if (now - toldAt < intervalMs) return
    log.warn({ tracesUrl, error: error.message, failures: untold }, 'traces cannot be sent')
    toldAt = now
    untold = 0
  }
}
