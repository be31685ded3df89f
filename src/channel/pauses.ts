import type { Schedule } from './schedule.ts'

/** Waits that end early when the whole thing ends. */
export interface Pauses {
  pause(delayMs: number): Promise<void>
  /** Ends the waits under way, and all to come. */
  readonly end: () => void
  areEnded(): boolean
  readonly ended: Promise<void>
}

export function createPauses(schedule: Schedule): Pauses {
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<void>()
  const underWay = new Set<() => void>()
  let isEnded = false
  return {
    pause(delayMs) {
      if (isEnded) return ended
      const { promise, resolve } = Promise.withResolvers<void>()
      const finish = (): void => {
        cancel()
        underWay.delete(finish)
        resolve()
      }
      const cancel = schedule(delayMs, finish)
      underWay.add(finish)
      return promise
    },
    end() {
      isEnded = true
      resolveEnded()
      for (const finish of underWay) finish()
    },
    areEnded: () => isEnded,
    ended,
  }
}
