import type { Log } from './log.ts'

/** In an outage every turn fails: at most one line in this time. */
const intervalMs = 1_000

/** Tells of failed commits: the first at once, then once a second how many there were. */
export function createOutageLog(log: Log, now: () => number): (error: unknown) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  let untold = 0
  return (error) => {
    untold += 1
    if (now() - toldAt < intervalMs) return
    log.error({ err: error, failures: untold }, 'commit failed')
    toldAt = now()
    untold = 0
  }
}
