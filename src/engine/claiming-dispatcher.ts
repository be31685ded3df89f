import type { Channel, Demand } from '../channel/channel.ts'
import { parkedAt } from '../kernel/model/effect.ts'
import type { Sharing } from '../store/sharing.ts'
import type { OutboxCommand, Store } from '../store/store.ts'
import { createClaimedCommands } from './claimed-commands.ts'
import type { Dispatcher } from './dispatcher.ts'
import { executionIdOf } from './reports.ts'
import type { Log } from './log.ts'
import type { Clock } from './options.ts'

interface ClaimingDispatcherDeps {
  readonly channel: Channel
  readonly store: Store
  readonly sharing: Sharing
  readonly clock: Clock
  readonly log: Log
  readonly hasLease: () => boolean
  /** Fulfilled when no commit is under way that was begun before. */
  readonly turnEnded: () => Promise<void>
  /** There is something in the channel that nobody has claimed. */
  readonly tellUnclaimed: () => void
}

type Wanted = Parameters<Dispatcher['wants']>[0]

/** The dispatcher of one replica among several, with what it hears of the others. */
export interface ClaimingDispatcher extends Dispatcher {
  /** Executions were written by others: what is held of them may be closed. */
  changedElsewhere(executionIds: readonly string[]): void
  /** Somebody may have left something to claim. */
  lookAgain(): void
  /** Others may have what was claimed: nothing of it is handed out any more. */
  leaseEnded(): void
  /** There is a lease again; of the one before there may be claims left. */
  leaseBegun(): void
}

/** Rows per claim. */
const pageCommands = 500
/** Without any hint, how often the store is asked for what nobody has claimed. */
const lookMs = 1_000
/** How often what nobody here asks for is given back. */
const surplusMs = 5_000
const storeRetryMs = 1_000
/** A commit that was given up may still be carried out by the store, long after. */
const reconcileMs = 30_000
/** What others have written is looked up together. */
const doubtMs = 20

/**
 * Brings commands from the outbox to the channel of one replica. What was committed here, and is
 * wanted here, is claimed by the commit and goes straight to the channel; the rest is claimed when the
 * channel has use for it, whoever has committed it.
 *
 * D1 Every due row is claimed by some replica whose channel has use for it, sooner or later.
 * D2 What this replica has claimed is held by its channel, or is given back.
 */
export function createClaimingDispatcher(deps: ClaimingDispatcherDeps): ClaimingDispatcher {
  const { channel, store, sharing, clock, log } = deps
  const claimed = createClaimedCommands()
  /** What commits may still claim for the channel; made anew whenever something changes. */
  let budget: { max: number; readonly commands: ReadonlySet<string> | undefined } | undefined
  let stopped = false
  let claiming: Promise<void> | undefined
  /** Closed or postponed since the claim under way was sent: its answer may hold them still. */
  const closedMeanwhile = new Set<string>()
  /** There may be rows to claim that the last look has not seen. */
  let mayFind = true
  /** The last look was for these names only. */
  let lookedFor: Demand['commands'] = []
  /** A call that claims has failed: perhaps it has claimed all the same. */
  let isUnsure = false
  /** Claimed by commits while a claim was under way, which may bring what has to go before them. */
  let deferred: OutboxCommand[] = []
  /** Executions whose commands are being given back: what follows must not stay behind, claimed. */
  let givenBack: ReadonlySet<string> = new Set()
  const doubtedIds = new Set<string>()
  const givenUpIds = new Set<string>()
  let cancelLettingGo: (() => void) | undefined
  let cancelDoubts: (() => void) | undefined
  let cancelLook: (() => void) | undefined
  let cancelWake: (() => void) | undefined
  let wakeAt = Number.POSITIVE_INFINITY
  let surplusAt = clock.now()
  let reconciledAt = clock.now()

  function isAble(): boolean {
    return !stopped && !isUnsure && deps.hasLease()
  }

  function wants({ command, executionId }: Wanted): boolean {
    if (!isAble() || givenBack.has(executionId)) return false
    budget ??= budgetOf(channel.demand())
    if (budget.max <= 0 || budget.commands?.has(command) === false) return false
    budget.max -= 1
    return true
  }

  function take(commands: readonly OutboxCommand[]): void {
    budget = undefined
    // An answer that came when the lease had ended: what it claimed is given back with the next lease.
    if (commands.length === 0 || !deps.hasLease()) return
    claimed.add(commands)
    channel.deliver(commands)
  }

  function claim(): void {
    if (claiming !== undefined || !isAble()) return
    const demand = channel.demand()
    if (demand.max <= 0 || demand.commands?.length === 0) return
    if (!mayFind && covers(lookedFor, demand.commands)) return
    claiming = claimPages()
      .catch((error: unknown) => {
        log.error({ err: error, channel: channel.name }, 'commands cannot be claimed')
        // What was deferred is claimed and held by nobody, so it is given back with the rest.
        deferred = []
        reconcileSoon(storeRetryMs)
      })
      .finally(() => {
        claiming = undefined
        const commands = deferred
        deferred = []
        take(commands)
        // What has come up meanwhile.
        if (mayFind) claim()
      })
  }

  async function claimPages(): Promise<void> {
    for (;;) {
      const demand = channel.demand()
      if (!isAble() || demand.max <= 0) return
      mayFind = false
      lookedFor = demand.commands
      const limit = Math.min(demand.max, pageCommands)
      closedMeanwhile.clear()
      const rows = await sharing.claimOutbox({
        channel: channel.name,
        dueBy: clock.now(),
        limit,
        ...(demand.commands === undefined ? {} : { commands: demand.commands }),
      })
      // The engine stops, or the lease has ended: what was claimed goes back with everything else.
      if (!isAble()) return
      take(rows.filter(({ commandId }) => !closedMeanwhile.has(commandId)))
      if (rows.length < limit) return
      mayFind = true
    }
  }

  /**
   * After a call whose outcome is not known: this replica may have claimed what it does not know of,
   * and nobody else would ever claim that. So everything but what is held goes back.
   */
  function reconcileSoon(delayMs: number): void {
    if (isUnsure || stopped) return
    isUnsure = true
    clock.schedule(delayMs, () => void reconcile())
  }

  async function reconcile(): Promise<void> {
    if (stopped) return
    try {
      // Nothing is claimed any more; what is under way is waited for.
      await Promise.all([deps.turnEnded(), claiming])
      claimed.remove(claimed.ids().filter((id) => !channel.holds(id)))
      await sharing.releaseOutboxExcept(channel.name, claimed.ids())
      isUnsure = false
    } catch (error) {
      log.debug({ err: error, channel: channel.name }, 'claims cannot be compared with the store')
      clock.schedule(storeRetryMs, () => void reconcile())
      return
    }
    reconciledAt = clock.now()
    lookAgain()
  }

  function lookAgain(): void {
    mayFind = true
    claim()
  }

  function look(): void {
    cancelLook = clock.schedule(lookMs, look)
    if (!isAble()) return
    const now = clock.now()
    if (now - surplusAt >= surplusMs) {
      surplusAt = now
      void giveBackSurplus()
    }
    if (now - reconciledAt >= reconcileMs) reconcileSoon(0)
    letGoOfWithdrawn().catch((error: unknown) => {
      log.debug({ err: error, channel: channel.name }, 'withdrawn commands cannot be read')
    })
    lookAgain()
    expectDue(now)
  }

  async function giveBackSurplus(): Promise<void> {
    givenBack = new Set(channel.surplus().map(executionIdOf))
    if (givenBack.size === 0) return
    try {
      // What commits under way put behind them is in their lines by then.
      await Promise.all([deps.turnEnded(), claiming])
      const ids = channel.surplus().filter((id) => givenBack.has(executionIdOf(id)))
      claimed.remove(ids)
      channel.withdraw(ids)
      await sharing.releaseOutbox(ids)
      deps.tellUnclaimed()
    } catch (error) {
      log.debug({ err: error, channel: channel.name }, 'commands cannot be given back')
      reconcileSoon(storeRetryMs)
    } finally {
      givenBack = new Set()
    }
  }

  /** What was postponed, by whomever, is looked for when it is due. */
  function expectDue(now: number): void {
    store.nextDueAt(channel.name, now).then(
      (dueAt) => dueAt !== undefined && wakeUpAt(dueAt),
      (error: unknown) => log.debug({ err: error, channel: channel.name }, 'outbox cannot be read'),
    )
  }

  function wakeUpAt(at: number): void {
    if (stopped || at >= wakeAt || at >= parkedAt) return
    cancelWake?.()
    wakeAt = at
    cancelWake = clock.schedule(Math.max(0, at - clock.now()), () => {
      wakeAt = Number.POSITIVE_INFINITY
      lookAgain()
    })
  }

  function withdraw(commandIds: readonly string[], isAnswered?: boolean): void {
    budget = undefined
    claimed.remove(commandIds)
    if (claiming !== undefined) {
      for (const id of commandIds) closedMeanwhile.add(id)
      deferred = deferred.filter(({ commandId }) => !commandIds.includes(commandId))
    }
    channel.withdraw(commandIds, isAnswered)
  }

  function doubtSoon(commandIds: readonly string[], delayMs: number): void {
    for (const id of commandIds) doubtedIds.add(id)
    if (doubtedIds.size > 0) cancelDoubts ??= clock.schedule(delayMs, () => void resolveDoubts())
  }

  /** Drops what is held and is no longer this replica's: closed, postponed, or taken over. */
  async function resolveDoubts(): Promise<void> {
    cancelDoubts = undefined
    const ids = [...doubtedIds].filter((id) => claimed.has(id))
    doubtedIds.clear()
    if (stopped || ids.length === 0) return
    try {
      const held = new Set((await sharing.readClaimed(ids)).map(({ commandId }) => commandId))
      // In this order: what is gone by now and was withdrawn is known to be withdrawn.
      await letGoOfWithdrawn()
      withdraw(
        ids.filter((id) => !held.has(id) && claimed.has(id)),
        true,
      )
    } catch {
      doubtSoon(ids, storeRetryMs)
    }
  }

  /**
   * Others have withdrawn what is held here, and nothing that undoes it leaves before this replica says
   * that it cannot leave any more: a worker that has it in hand is waited for.
   */
  async function letGoOfWithdrawn(): Promise<void> {
    const ids = await sharing.readWithdrawn(channel.name)
    if (ids.length === 0) return
    withdraw(ids)
    const gone = ids.filter((id) => !channel.holds(id))
    if (gone.length === 0) return
    await sharing.letGo(gone)
    deps.tellUnclaimed()
    lookAgain()
  }

  /** Others may go on; where a worker has the command in hand, when it has answered. */
  function letGoOfGivenUp(): void {
    cancelLettingGo = undefined
    const ids = [...givenUpIds].filter((id) => !channel.holds(id))
    givenUpIds.clear()
    if (ids.length === 0) return
    sharing.letGo(ids).catch((error: unknown) => {
      log.debug({ err: error, channel: channel.name }, 'others cannot be told that they may go on')
    })
  }

  return {
    wants,
    deliver(commands, isClaimed = []) {
      const own = commands.filter((_, index) => isClaimed[index] === true)
      if (claiming === undefined) take(own)
      else deferred.push(...own)
      if (!commands.every((_, index) => isClaimed[index] === true)) {
        mayFind = true
        deps.tellUnclaimed()
      }
    },
    giveUp(commandId) {
      withdraw([commandId])
      givenUpIds.add(commandId)
      cancelLettingGo ??= clock.schedule(0, letGoOfGivenUp)
    },
    postpone({ commandId, dueAt }) {
      withdraw([commandId])
      wakeUpAt(dueAt)
    },
    withdraw,
    scan() {
      budget = undefined
      if (cancelLook === undefined && !stopped) look()
      else claim()
    },
    demandGrew() {
      budget = undefined
      claim()
    },
    async confirm(commandIds) {
      const held = await sharing.readClaimed(commandIds)
      const untilById = new Map(
        held.map(({ commandId, reservedUntil = 0 }) => [commandId, reservedUntil]),
      )
      claimed.remove(commandIds.filter((id) => !untilById.has(id)))
      return untilById
    },
    doubt(closedIds) {
      budget = undefined
      reconcileSoon(storeRetryMs)
      doubtSoon(closedIds, storeRetryMs)
    },
    changedElsewhere(executionIds) {
      const ids = executionIds.flatMap((id) => claimed.ofExecution(id))
      if (ids.length > 0) doubtSoon(ids, doubtMs)
    },
    lookAgain,
    leaseEnded() {
      budget = undefined
      const ids = claimed.ids()
      claimed.remove(ids)
      channel.withdraw(ids)
    },
    leaseBegun: () => reconcileSoon(0),
    stop() {
      stopped = true
      cancelLook?.()
      cancelWake?.()
      cancelDoubts?.()
      cancelLettingGo?.()
    },
  }
}

function budgetOf({ max, commands }: Demand): {
  max: number
  readonly commands: ReadonlySet<string> | undefined
} {
  return { max, commands: commands === undefined ? undefined : new Set(commands) }
}

/** Whether a look for some names has seen what a look for others would see. */
function covers(seen: Demand['commands'], wanted: Demand['commands']): boolean {
  if (seen === undefined) return true
  return wanted?.every((name) => seen.includes(name)) === true
}
