import { SignalboxError } from '../errors/signalbox-error.ts'
import type { TimerShare } from '../store/sharing.ts'
import type { DueTimer, Store } from '../store/store.ts'
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
  /** Looks into the store now: the share may be another one than before. */
  lookAgain(): void
  stop(): void
}

interface WakeUpDeps {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** In a shared store: the timers that are this replica's to fire. */
  readonly share?: () => TimerShare
  /** Fires the due timers of an execution; fulfilled when that is durable. */
  readonly wake: (executionId: string) => Promise<void>
}

const executionsPerRead = 500
const storeRetryMs = 1_000
/** In a shared store others set timers of this share, and what they tell of them may be lost. */
const lookMs = 1_000
/** An execution that cannot be decided on is left alone for a while; the others go on. */
const quarantineMs = 60_000

export function createWakeUp({ store, clock, log, wake, share }: WakeUpDeps): WakeUp {
  let nextAt = Number.POSITIVE_INFINITY
  let cancel: (() => void) | undefined
  let running = false
  let stopped = false
  /** Executions that could not be woken, and until when they are left alone. */
  const leftAloneById = new Map<string, number>()

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
    for (const [id, until] of leftAloneById) if (until <= clock.now()) leftAloneById.delete(id)
    try {
      await wakeDue()
      const next = await nextOfStore()
      if (next !== undefined && next < nextAt) nextAt = next
      if (share !== undefined) nextAt = Math.min(nextAt, clock.now() + lookMs)
    } catch (error) {
      log.error({ err: error }, 'timers cannot be read')
      nextAt = clock.now() + storeRetryMs
    }
    running = false
    schedule()
  }

  async function wakeDue(): Promise<void> {
    for (;;) {
      const limit = executionsPerRead + leftAloneById.size
      const due = await store.readDueTimers(clock.now(), limit, share?.())
      const results = await Promise.allSettled(due.filter(isWakeable).map(wakeOne))
      const failed = results.find((result) => result.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      if (due.length < limit || stopped) return
    }
  }

  async function wakeOne({ executionId }: DueTimer): Promise<void> {
    try {
      await wake(executionId)
      leftAloneById.delete(executionId)
    } catch (error) {
      if (isOfTheStore(error)) throw error
      leftAloneById.set(executionId, clock.now() + quarantineMs)
      log.error({ err: error, executionId }, 'timers of an execution cannot be fired')
    }
  }

  function isWakeable({ executionId }: DueTimer): boolean {
    return (leftAloneById.get(executionId) ?? 0) <= clock.now()
  }

  /** The time of the next timer, those left aside that are left alone; they have a time of their own. */
  async function nextOfStore(): Promise<number | undefined> {
    if (leftAloneById.size === 0) return store.nextWakeAt(share?.())
    const limit = leftAloneById.size + 1
    const first = await store.readDueTimers(Number.MAX_SAFE_INTEGER, limit, share?.())
    const next = first.find(({ executionId }) => !leftAloneById.has(executionId))
    return Math.min(next?.wakeAt ?? Number.POSITIVE_INFINITY, ...leftAloneById.values())
  }

  return {
    start: () => void run(),
    expect,
    lookAgain: () => expect(clock.now()),
    nextAt: () => (nextAt === Number.POSITIVE_INFINITY ? undefined : nextAt),
    stop() {
      stopped = true
      cancel?.()
    },
  }
}

function isOfTheStore(error: unknown): boolean {
  return !(error instanceof SignalboxError) || error.code === 'STORE_UNAVAILABLE'
}
