import type { NewReplica, Notice, OutboxClaim, Replica, Sharing } from '../sharing.ts'
import type {
  ExecutionWrite,
  OutboxChanges,
  OutboxCommand,
  PutCommand,
  WriteResult,
} from '../store.ts'
import { closedStore } from './closed-store.ts'
import { MemoryClaims } from './memory-claims.ts'
import type { MemoryContents } from './memory-contents.ts'
import { MemoryLeases } from './memory-leases.ts'
import { MemoryNotices } from './memory-notices.ts'

/** What the stores on shared contents have in common beside the contents. */
export interface MemoryMeeting {
  readonly now: () => number
  readonly leases: MemoryLeases
  readonly claims: MemoryClaims
  readonly notices: MemoryNotices
}

export function createMemoryMeeting(contents: MemoryContents, now: () => number): MemoryMeeting {
  const leases = new MemoryLeases(now)
  return {
    now,
    leases,
    claims: new MemoryClaims(contents.outbox, leases),
    notices: new MemoryNotices(),
  }
}

/** One store's face towards the others. */
export class MemorySharing implements Sharing {
  readonly #contents: MemoryContents
  readonly #meeting: MemoryMeeting
  #replica: NewReplica | undefined
  #isClosed = false

  constructor(contents: MemoryContents, meeting: MemoryMeeting) {
    this.#contents = contents
    this.#meeting = meeting
  }

  async join(replica: NewReplica): Promise<void> {
    this.#assertOpen()
    if (this.#replica !== undefined) throw new Error('this store has joined before')
    this.#replica = replica
    this.#meeting.leases.begin(replica)
  }

  async renew(): Promise<{ readonly kept: boolean; readonly replicas: readonly Replica[] }> {
    this.#assertOpen()
    const { leases, claims } = this.#meeting
    const replica = this.#joined()
    const kept = leases.isAlive(replica.id)
    if (!kept) claims.releaseAll(replica.id)
    leases.begin(replica)
    return { kept, replicas: leases.alive() }
  }

  async leave(): Promise<void> {
    this.#assertOpen()
    const { id } = this.#joined()
    this.#meeting.claims.releaseAll(id)
    this.#meeting.leases.end(id)
  }

  async replicas(): Promise<readonly Replica[]> {
    this.#assertOpen()
    return this.#meeting.leases.alive()
  }

  async claimOutbox(query: OutboxClaim): Promise<readonly OutboxCommand[]> {
    this.#assertOpen()
    return this.#meeting.claims.claimDue(query, this.#joined().id)
  }

  async readClaimed(commandIds: readonly string[]): Promise<readonly OutboxCommand[]> {
    this.#assertOpen()
    return this.#meeting.claims.ownedBy(this.#joined().id, commandIds)
  }

  async readWithdrawn(channel: string): Promise<readonly string[]> {
    this.#assertOpen()
    return this.#meeting.claims.withdrawnFrom(this.#joined().id, channel)
  }

  async letGo(commandIds: readonly string[]): Promise<void> {
    this.#assertOpen()
    this.#meeting.claims.letGo(commandIds, this.#joined().id)
  }

  async releaseOutbox(commandIds: readonly string[]): Promise<void> {
    this.#assertOpen()
    this.#meeting.claims.release(commandIds, this.#joined().id)
  }

  async releaseOutboxExcept(channel: string, commandIds: readonly string[]): Promise<void> {
    this.#assertOpen()
    this.#meeting.claims.releaseExcept(channel, commandIds, this.#joined().id)
  }

  async reserveOutbox(commandIds: readonly string[], until: number): Promise<readonly string[]> {
    this.#assertOpen()
    return commandIds.filter((id) => this.#contents.outbox.reserve(id, until))
  }

  async announce(notice: Notice): Promise<void> {
    this.#assertOpen()
    this.#meeting.notices.announce(this, notice)
  }

  async listen(listener: (notice: Notice) => void): Promise<() => Promise<void>> {
    this.#assertOpen()
    const end = this.#meeting.notices.listen(this, listener)
    return async () => end()
  }

  /** Carries out a write's changes of the outbox, and claims what it asks for. */
  changeOutbox({ execution, outbox: changes }: ExecutionWrite): WriteResult {
    const { outbox } = this.#contents
    const { claims } = this.#meeting
    // The later of the two clocks: what its writer took for due must hold up what comes after it.
    const now = Math.max(execution.updatedAt, this.#meeting.now())
    const touched = touchedBy(changes)
    const channels = new Set(touched.flatMap((id) => outbox.read(id)?.channel ?? []))
    claims.withdraw(changes.withdraw ?? [])
    claims.end(touched)
    const outboxSequences = outbox.change(changes)
    for (const { channel } of changes.put) channels.add(channel)
    const claimed = claims.claimPut(changes.put, { replica: this.#replica?.id, now })
    const unclaimedChannels = [...channels].filter((channel) =>
      claims.isAnyUnclaimed(execution.id, channel, now),
    )
    return { kind: 'committed', outboxSequences, claimed, unclaimedChannels }
  }

  /** The process is gone, as far as the others can tell: it hears nothing more. */
  close(): void {
    this.#isClosed = true
    this.#meeting.notices.end(this)
  }

  #assertOpen(): void {
    if (this.#isClosed) throw closedStore()
  }

  #joined(): NewReplica {
    if (this.#replica === undefined) throw new Error('expected a store that has joined')
    return this.#replica
  }
}

function touchedBy({ remove, postpone, put }: OutboxChanges): readonly string[] {
  const idOf = ({ commandId }: Pick<PutCommand, 'commandId'>): string => commandId
  return [...remove, ...postpone.map(idOf), ...put.map(idOf)]
}
