import type { Channel } from '../channel/channel.ts'
import { type Effect, parkedAt } from '../kernel/model/effect.ts'
import type { OutboxCommand, Store } from '../store/store.ts'
import type { Log } from './log.ts'
import type { Clock } from './options.ts'

/**
 * Brings commands from the outbox to one channel.
 *
 * While the channel has room, commands go to it straight after their commit (*live*). When it has
 * none, they stay in the store, and are read from there in order when there is room again
 * (*scanning*). So memory is bounded by the channel's window, however long a service is away.
 *
 * D1 Every due row of the outbox is handed to the channel, sooner or later.
 * D2 A row may be handed over twice; the channel drops what it holds already.
 */
export interface Dispatcher {
  /** New commands, just committed. */
  deliver(commands: readonly OutboxCommand[]): void
  /** A command's next attempt has got its time. */
  postpone(effect: Extract<Effect, { kind: 'resend-command' }>): void
  withdraw(commandIds: readonly string[]): void
  /** Looks into the store: at the start, and when the channel has room again. */
  scan(): void
  stop(): void
}

interface DispatcherDeps {
  readonly channel: Channel
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
}

/** Rows per read while scanning. */
const pageCommands = 500
/** After a failed read: the store is away, and says so elsewhere. */
const storeRetryMs = 1_000

export function createDispatcher({ channel, store, clock, log }: DispatcherDeps): Dispatcher {
  let live = false
  let scanning = false
  let stopped = false
  /** Rows up to here were handed over, or are postponed. */
  let cursor = 0
  /** Something was committed or became due since the page was read. */
  let missed = true
  /** Postponed rows have become due: they are older than the cursor. */
  let fromStart = false
  let cancelWake: (() => void) | undefined
  let wakeAt = Number.POSITIVE_INFINITY

  function room(): number {
    return channel.windowCommands - channel.held()
  }

  function scan(): void {
    if (scanning || stopped || live) return
    scanning = true
    void scanPages()
      .catch((error: unknown) => {
        log.error({ err: error, channel: channel.name }, 'outbox cannot be read')
        wakeUpAt(clock.now() + storeRetryMs)
        return 'failed'
      })
      .then((end) => {
        scanning = false
        // Room that came up while the last page was handed over.
        if (end === 'full' && room() > 0) scan()
        return end
      })
  }

  async function scanPages(): Promise<'full' | 'live' | 'stopped'> {
    for (;;) {
      const limit = Math.min(room(), pageCommands)
      if (stopped) return 'stopped'
      if (limit <= 0) return 'full'
      missed = false
      if (fromStart) cursor = 0
      fromStart = false
      const dueBy = clock.now()
      const page = await store.readOutbox({ channel: channel.name, after: cursor, dueBy, limit })
      if (stopped) return 'stopped'
      channel.deliver(page)
      const last = page.at(-1)
      if (last !== undefined) cursor = last.sequence
      if (page.length === limit || missed) continue
      const nextDueAt = await store.nextDueAt(channel.name, dueBy)
      if (nextDueAt !== undefined && nextDueAt < parkedAt) wakeUpAt(nextDueAt)
      if (missed) continue
      live = true
      return 'live'
    }
  }

  function wakeUpAt(at: number): void {
    if (stopped || at >= wakeAt) return
    cancelWake?.()
    wakeAt = at
    cancelWake = clock.schedule(at - clock.now(), () => {
      wakeAt = Number.POSITIVE_INFINITY
      fromStart = true
      live = false
      missed = true
      scan()
    })
  }

  return {
    deliver(commands) {
      if (!live) {
        missed = true
        return
      }
      if (commands.length > room()) {
        live = false
        missed = true
        scan()
        return
      }
      channel.deliver(commands)
      const last = commands.at(-1)
      if (last !== undefined && last.sequence > cursor) cursor = last.sequence
    },
    postpone({ commandId, dueAt }) {
      channel.withdraw([commandId])
      if (dueAt < parkedAt) wakeUpAt(dueAt)
    },
    withdraw: (commandIds) => channel.withdraw(commandIds),
    scan,
    stop() {
      stopped = true
      cancelWake?.()
    },
  }
}
