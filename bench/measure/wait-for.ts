import { setTimeout as pause } from 'node:timers/promises'

/** Asks until the answer is yes; fails with what was waited for when the time is over. */
export async function waitFor(
  what: string,
  deadlineMs: number,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const begunAt = performance.now()
  while (!(await isSo().catch(() => false))) {
    if (performance.now() - begunAt > deadlineMs) {
      throw new Error(`Expected ${what} within ${deadlineMs} ms, found that it is not so.`)
    }
    await pause(50)
  }
}
