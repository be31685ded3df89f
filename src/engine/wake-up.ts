import type { Store } from '../store/store.ts'
import type { Log } from './log.ts'
import type { Clock } from './options.ts'

/**
 * Wakes executions whose timers are due. The timers themselves are in the store; in memory there is
 * only the time of the next one.
 */
export interface WakeUp {
  start(): void
  /** An execution was stored with a timer at this time. */
  expect(at: number): void
  nextAt(): number | undefined
  stop(): void
}

interface WakeUpDeps {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Fires the due timers of an execution; fulfilled when that is durable. */
  readonly wake: (executionId: string) => Promise<void>
}

const executionsPerRead = 500
const storeRetryMs = 1_000

export function createWakeUp({ store, clock, log, wake }: WakeUpDeps): WakeUp {
  let nextAt = Number.POSITIVE_INFINITY
  let cancel: (() => void) | undefined
  let running = false
  let stopped = false

  function expect(at: number): void {
    if (stopped || at >= nextAt) return
    nextAt = at
    if (!running) schedule()
  }

  function schedule(): void {
    cancel?.()
    if (stopped || nextAt === Number.POSITIVE_INFINITY) return
    cancel = clock.schedule(nextAt - clock.now(), () => void run())
  }

  async function run(): Promise<void> {
    if (running || stopped) return
    running = true
    // What is expected from here on is kept; what is due is read from the store.
    nextAt = Number.POSITIVE_INFINITY
    try {
      await wakeDue()
      const stored = await store.nextWakeAt()
      if (stored !== undefined && stored < nextAt) nextAt = stored
    } catch (error) {
      log.error({ err: error }, 'timers cannot be read')
      nextAt = clock.now() + storeRetryMs
    }
    running = false
    schedule()
  }

  async function wakeDue(): Promise<void> {
    for (;;) {
      const due = await store.readDueTimers(clock.now(), executionsPerRead)
      const results = await Promise.allSettled(due.map(({ executionId }) => wake(executionId)))
      const failed = results.find((result) => result.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      if (due.length < executionsPerRead || stopped) return
    }
  }

  return {
    start: () => void run(),
    expect,
    nextAt: () => (nextAt === Number.POSITIVE_INFINITY ? undefined : nextAt),
    stop() {
      stopped = true
      cancel?.()
    },
  }
}
