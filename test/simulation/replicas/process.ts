import type { Clock } from '../../../src/engine/options.ts'
import type { SimulatedClock } from '../time/simulated-clock.ts'

/**
 * A process of the simulated world. What comes to it from outside (calls, answers of the store, its
 * own alarms) comes in by `enter` alone: a process that is stopped for a while finds it all when it
 * goes on, and one that has died does nothing more.
 */
export interface SimulatedProcess {
  /** Such as `r1.2`: the second life of replica 1. */
  readonly name: string
  readonly clock: Clock
  isAlive(): boolean
  isRunning(): boolean
  enter(action: () => void): void
  /** Nothing of it runs, until `goOn`. */
  halt(): void
  goOn(): void
  die(): void
}

/** @param skewMs how much its clock is ahead */
export function createProcess(
  name: string,
  worldClock: SimulatedClock,
  skewMs: number,
): SimulatedProcess {
  let state: 'running' | 'halted' | 'dead' = 'running'
  let waiting: (() => void)[] = []

  function enter(action: () => void): void {
    if (state === 'running') action()
    else if (state === 'halted') waiting.push(action)
  }

  return {
    name,
    clock: {
      now: () => worldClock.now() + skewMs,
      schedule(delayMs, callback) {
        let isCancelled = false
        const cancel = worldClock.schedule(delayMs, () =>
          enter(() => {
            if (!isCancelled) callback()
          }),
        )
        return () => {
          isCancelled = true
          cancel()
        }
      },
    },
    isAlive: () => state !== 'dead',
    isRunning: () => state === 'running',
    enter,
    halt() {
      if (state === 'running') state = 'halted'
    },
    goOn() {
      if (state !== 'halted') return
      state = 'running'
      const actions = waiting
      waiting = []
      for (const action of actions) enter(action)
    },
    die() {
      state = 'dead'
      waiting = []
    },
  }
}
