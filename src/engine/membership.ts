import type { Notice, Replica, Sharing, TimerShare } from '../store/sharing.ts'
import type { Log } from './log.ts'
import type { Clock } from './options.ts'

/**
 * This process as one of several replicas: its lease, who else is there, and what they tell each
 * other. Whatever is heard is a hint; what has to be right is decided by the store.
 */
export interface Membership {
  /** Joins, and hears the others from then on. */
  start(): Promise<void>
  /** Gives everything back at once; in these channels the others find something. */
  leave(freedChannels: readonly string[]): Promise<void>
  readonly replicaId: string
  /**
   * False while the lease may have ended: others may have taken over, nothing new is handed out. To be
   * asked before anything is: a process that was halted may be asked before its alarms have rung.
   */
  checkLease(): boolean
  /** Those whose lease had not ended at the last look, this one included. */
  replicas(): readonly Replica[]
  /** Which timers are this replica's to fire. */
  timerShare(): TimerShare
  /** Tells the others, soon, together with what else there is to tell. */
  tell(news: Partial<Notice>): void
}

interface MembershipDeps {
  readonly sharing: Sharing
  readonly clock: Clock
  readonly log: Log
  readonly replica: { readonly id: string; readonly name: string; readonly leaseMs: number }
  readonly onNotice: (notice: Notice) => void
  /** The others are other ones than before. */
  readonly onReplicasChanged: () => void
  /** What was claimed may be others' now. */
  readonly onLeaseEnded: () => void
  /** There is a lease again, and nothing is claimed. */
  readonly onLeaseBegun: () => void
}

/** Renewals within one lease: two may fail before it ends. */
const renewalsPerLease = 3
/** Part of the lease that is not used, for clocks that run at different speeds. */
const leaseMargin = 0.1
/** News of so long travel together. */
const gatherMs = 5
/** Executions named in one notice; what is left out is found by polling. */
const changedMax = 2_000

export function createMembership(deps: MembershipDeps): Membership {
  const { sharing, clock, log, replica } = deps
  let replicas: readonly Replica[] = []
  let leaseEndsAt = 0
  let ended = true
  let left = false
  let joined = false
  let cancelRenewal: (() => void) | undefined
  let cancelEnd: (() => void) | undefined
  let closeListener: (() => Promise<void>) | undefined
  let changed = new Map<string, Notice['changed'][number]>()
  let channels = new Set<string>()
  let wakeAt: number | undefined
  let cancelTelling: (() => void) | undefined

  function leaseBegan(askedAt: number): void {
    leaseEndsAt = askedAt + replica.leaseMs * (1 - leaseMargin)
    cancelEnd?.()
    cancelEnd = clock.schedule(Math.max(0, leaseEndsAt - clock.now()), onTimeUp)
    if (!ended) return
    ended = false
    deps.onLeaseBegun()
  }

  /** Before anybody else may take over: this process may have slept, or the store does not answer. */
  function onTimeUp(): void {
    if (ended || left) return
    ended = true
    log.warn({ replica: replica.id }, 'the lease could not be prolonged in time; others take over')
    deps.onLeaseEnded()
  }

  function renewSoon(): void {
    if (left) return
    cancelRenewal = clock.schedule(replica.leaseMs / renewalsPerLease, () => void renew())
  }

  async function renew(): Promise<void> {
    const askedAt = clock.now()
    try {
      const { kept, replicas: found } = await sharing.renew()
      if (left) return
      if (!kept && !ended) onTimeUp()
      leaseBegan(askedAt)
      replicasAre(found)
    } catch (error) {
      log.warn({ err: error, replica: replica.id }, 'the lease could not be prolonged')
    }
    renewSoon()
  }

  function replicasAre(found: readonly Replica[]): void {
    const isSame = found.map(({ id }) => id).join() === replicas.map(({ id }) => id).join()
    replicas = found
    if (isSame) return
    log.info({ replicas: found.map(({ name }) => name) }, 'replicas')
    deps.onReplicasChanged()
  }

  function tell(news: Partial<Notice>): void {
    if (left || replicas.length < 2) return
    for (const change of news.changed ?? []) {
      if (changed.size < changedMax || changed.has(change.id)) changed.set(change.id, change)
    }
    for (const channel of news.channels ?? []) channels.add(channel)
    if (news.wakeAt !== undefined)
      wakeAt = Math.min(wakeAt ?? Number.POSITIVE_INFINITY, news.wakeAt)
    cancelTelling ??= clock.schedule(gatherMs, () => void announce())
  }

  async function announce(): Promise<void> {
    cancelTelling = undefined
    const notice: Notice = {
      changed: [...changed.values()],
      channels: [...channels],
      ...(wakeAt === undefined ? {} : { wakeAt }),
    }
    changed = new Map()
    channels = new Set()
    wakeAt = undefined
    // A hint that is lost makes things late, not wrong.
    await sharing.announce(notice).catch((error: unknown) => {
      log.debug({ err: error }, 'replicas could not be told')
    })
  }

  return {
    replicaId: replica.id,
    async start() {
      const askedAt = clock.now()
      await sharing.join(replica)
      joined = true
      leaseBegan(askedAt)
      closeListener = await sharing.listen(deps.onNotice)
      replicasAre(await sharing.replicas())
      renewSoon()
    },
    async leave(freedChannels) {
      left = true
      cancelRenewal?.()
      cancelEnd?.()
      cancelTelling?.()
      await closeListener?.()
      // A start that failed has nothing to give back.
      if (!joined) return
      await sharing.leave()
      await sharing.announce({
        changed: [...changed.values()],
        channels: [...new Set([...channels, ...freedChannels])],
        ...(wakeAt === undefined ? {} : { wakeAt }),
      })
    },
    checkLease() {
      if (!ended && clock.now() >= leaseEndsAt) onTimeUp()
      return !ended && !left
    },
    replicas: () => replicas,
    timerShare() {
      const index = replicas.findIndex(({ id }) => id === replica.id)
      // Unknown to itself for a moment: it looks at all of them, which costs at most a conflict.
      return index < 0 ? { index: 0, count: 1 } : { index, count: replicas.length }
    },
    tell,
  }
}
