import { setImmediate as nextRound } from 'node:timers/promises'
import type { Clock } from '../options.ts'

/** A clock that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /** Lets time pass; what is due meanwhile happens at its time, in order. */
  advance(ms: number): Promise<void>
  /** When what is scheduled next is due. */
  nextAt(): number | undefined
  /** Time does not go on while this says so: something outside of the process is waited for. */
  waitWhile(isBusy: () => boolean): void
}

interface Alarm {
  readonly at: number
  readonly callback: () => void
}

export function createVirtualClock(startAt = 1_700_000_000_000): VirtualClock {
  const alarms = new Set<Alarm>()
  let now = startAt
  let isBusy = (): boolean => false

  function next(): Alarm | undefined {
    let earliest: Alarm | undefined
    for (const alarm of alarms) {
      if (earliest === undefined || alarm.at < earliest.at) earliest = alarm
    }
    return earliest
  }

  return {
    now: () => now,
    schedule(delayMs, callback) {
      const alarm = { at: now + Math.max(delayMs, 0), callback }
      alarms.add(alarm)
      return () => alarms.delete(alarm)
    },
    async advance(ms) {
      const until = now + ms
      await settle()
      for (let alarm = next(); alarm !== undefined && alarm.at <= until; alarm = next()) {
        now = alarm.at
        alarms.delete(alarm)
        alarm.callback()
        await settle()
      }
      now = until
    },
    nextAt: () => next()?.at,
    waitWhile(condition) {
      isBusy = condition
    },
  }

  /** What an alarm led to is done: nothing is busy, for a few rounds of the event loop. */
  async function settle(): Promise<void> {
    for (let round = 0; round < 8; round += 1) {
      await nextRound()
      if (isBusy()) round = -1
    }
  }
}
