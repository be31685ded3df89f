import { setImmediate as nextRound } from 'node:timers/promises'

/** Waits, round by round of the event loop, until it is so; the test's time limit ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await nextRound()
}
