/** Calls back once after a delay; returns the way to prevent it. */
export type Schedule = (delayMs: number, callback: () => void) => () => void

/** The machine's timers. They keep no process alive that has nothing else to do. */
export const systemSchedule: Schedule = (delayMs, callback) => {
  const timeout = setTimeout(callback, delayMs).unref()
  return () => clearTimeout(timeout)
}
