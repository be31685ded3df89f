import type { Channel } from '../channel/channel.ts'
import { type Effect, parkedAt } from '../kernel/model/effect.ts'
import type { OutboxCommand, Store } from '../store/store.ts'
import type { Log } from './log.ts'
import type { Clock } from './options.ts'

/**
 * Brings commands from the outbox to one channel. This one is for a store of one process; see
 * `claiming-dispatcher.ts` for several.
 *
 * While the channel has room, commands go to it straight after their commit (*live*). When it has
 * none, they stay in the store, and are read from there in order when there is room again
 * (*scanning*). So memory is bounded by the channel's window, however long a service is away.
 *
 * D1 Every due row of the outbox is handed to the channel, sooner or later.
 * D2 A row may be handed over twice; the channel drops what it holds already.
 */
export interface Dispatcher {
  /** Whether a commit shall claim a command for this replica. */
  wants(command: { readonly command: string; readonly executionId: string }): boolean
  /**
   * New commands, just committed.
   *
   * @param isClaimed of each, in a shared store, whether it is this replica's
   */
  deliver(commands: readonly OutboxCommand[], isClaimed?: readonly boolean[]): void
  /** A command's next attempt has got its time. */
  postpone(effect: Extract<Effect, { kind: 'resend-command' }>): void
  withdraw(commandIds: readonly string[], isAnswered?: boolean): void
  /** A command was withdrawn by a commit of this process. */
  giveUp(commandId: string): void
  /** Somebody asks for commands that the channel does not hold. */
  demandGrew(): void
  /** See `ChannelHost`. */
  confirm(commandIds: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Looks into the store: at the start, and when the channel has room again. */
  scan(): void
  /**
   * A commit failed, and may be stored all the same: soon looks at the whole outbox again.
   *
   * @param closedIds commands that are closed if it is stored
   */
  doubt(closedIds: readonly string[]): void
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
/** A look at the whole outbox is followed by a rest: so many times its own length, at most so long. */
const restFactor = 4
const restMaxMs = 100

export function createDispatcher({ channel, store, clock, log }: DispatcherDeps): Dispatcher {
  let live = false
  let scanning = false
  let stopped = false
  /** Rows up to here were handed over, or are postponed. */
  let cursor = 0
  /** The channel may hold rows up to here already. */
  let handedOver = 0
  /** Something was committed or became due since the page was read. */
  let missed = true
  /** At the start, and when postponed rows have become due: they are older than the cursor. */
  let fromStart = true
  let restUntil = 0
  /** Closed or postponed since the page that is on its way was asked for: it may hold them still. */
  const withdrawnIds = new Set<string>()
  /** Perhaps no longer in the outbox. */
  const doubtedIds = new Set<string>()
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
        // Room that came up, or was taken, while the last page was handed over.
        if (end !== 'failed' && end !== 'stopped' && room() > 0) scan()
        return end
      })
  }

  async function scanPages(): Promise<'full' | 'live' | 'stopped'> {
    const beganAt = clock.now()
    for (;;) {
      if (stopped) return 'stopped'
      if (doubtedIds.size > 0) await resolveDoubts()
      if (room() <= 0) return 'full'
      missed = false
      const dueBy = clock.now()
      if (fromStart) await returnToStart(dueBy)
      // What the channel holds already takes no room, and is read in large pages.
      const limit = cursor < handedOver ? pageCommands : Math.min(room(), pageCommands)
      withdrawnIds.clear()
      const page = await store.readOutbox({ channel: channel.name, after: cursor, dueBy, limit })
      if (stopped) return 'stopped'
      if (!handOver(page)) return 'full'
      if (page.length === limit || missed) continue
      const endedAt = clock.now()
      restUntil = endedAt + Math.min((endedAt - beganAt) * restFactor, restMaxMs)
      live = true
      return 'live'
    }
  }

  /**
   * What is postponed beyond `dueBy` is waited for from here on: at the end of the pages, however long
   * they take, it may be due already, and behind the cursor.
   */
  async function returnToStart(dueBy: number): Promise<void> {
    cursor = 0
    fromStart = false
    const nextDueAt = await store.nextDueAt(channel.name, dueBy)
    if (nextDueAt !== undefined && nextDueAt < parkedAt) wakeUpAt(nextDueAt)
  }

  async function resolveDoubts(): Promise<void> {
    const ids = [...doubtedIds]
    const stored = new Set((await store.readOutboxCommands(ids)).map(({ commandId }) => commandId))
    for (const id of ids) doubtedIds.delete(id)
    channel.withdraw(ids.filter((id) => !stored.has(id)))
  }

  /** False when the channel is full before the end of the page. */
  function handOver(page: readonly OutboxCommand[]): boolean {
    for (const command of page) {
      if (room() <= 0) return false
      if (!withdrawnIds.has(command.commandId)) channel.deliver([command])
      advance(command.sequence)
    }
    return true
  }

  function advance(sequence: number): void {
    if (sequence > cursor) cursor = sequence
    if (sequence > handedOver) handedOver = sequence
  }

  function withdraw(commandIds: readonly string[]): void {
    channel.withdraw(commandIds)
    if (scanning) for (const id of commandIds) withdrawnIds.add(id)
  }

  function wakeUpAt(at: number): void {
    if (stopped || at >= wakeAt) return
    cancelWake?.()
    wakeAt = at
    cancelWake = clock.schedule(Math.max(at, restUntil) - clock.now(), () => {
      wakeAt = Number.POSITIVE_INFINITY
      fromStart = true
      live = false
      missed = true
      scan()
    })
  }

  return {
    wants: () => true,
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
      for (const { sequence } of commands) advance(sequence)
    },
    postpone({ commandId, dueAt }) {
      withdraw([commandId])
      if (dueAt < parkedAt) wakeUpAt(dueAt)
    },
    withdraw,
    giveUp: (commandId) => withdraw([commandId]),
    scan,
    // In a store of one process everything that is due is on its way to the channel already.
    demandGrew: () => {},
    confirm: (commandIds) => Promise.resolve(new Map(commandIds.map((id) => [id, 0]))),
    doubt(closedIds) {
      for (const id of closedIds) doubtedIds.add(id)
      wakeUpAt(clock.now() + storeRetryMs)
    },
    stop() {
      stopped = true
      cancelWake?.()
    },
  }
}
