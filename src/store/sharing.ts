import type { OutboxCommand } from './store.ts'

/**
 * The additional face of a store that several processes use at once. Such a process is a *replica*:
 * all are equal, each holds a lease, and what it has claimed is free again when its lease has ended.
 * Nobody leads.
 *
 * What every shared store promises besides S1 to S5:
 * - S6 At any time a row of the outbox is claimed by at most one replica whose lease has not ended.
 * - S7 A row is claimed only if no earlier row of the same execution and channel is there that is due
 *   and not this replica's own. Rows of purpose `also` hold nobody up and wait for nobody.
 * - S8 A claim ends when the row is removed, postponed, put again, or released, when its replica
 *   leaves, and when the replica's lease ends.
 * - S9 Leases are measured by one clock, the store's.
 * - S10 What a write withdraws while a living replica has it claimed keeps the rows of that execution, in
 *   all channels, from being claimed by other replicas, until that one has let go of it, leaves, or its
 *   lease ends. So nothing that undoes a command leaves before the command can no longer leave.
 *
 * Notices are hints that make others quick. They may be lost, doubled or late: nobody may rely on them.
 */
export interface Sharing {
  /** Begins the lease of this process. Once per store that was opened. */
  join(replica: NewReplica): Promise<void>
  /**
   * Prolongs the lease by its length. `kept: false`: it had ended before, so others may have what was
   * claimed; now there is a lease again, and nothing is claimed.
   */
  renew(): Promise<{ readonly kept: boolean; readonly replicas: readonly Replica[] }>
  /** Gives everything back at once, and ends the lease. */
  leave(): Promise<void>
  /** Every replica whose lease has not ended, by id. */
  replicas(): Promise<readonly Replica[]>

  /** Claims rows that are due and that nobody has, in order; rows of dead replicas among them. */
  claimOutbox(query: OutboxClaim): Promise<readonly OutboxCommand[]>
  /** Of these commands, those that this replica has claimed, as they are now. */
  readClaimed(commandIds: readonly string[]): Promise<readonly OutboxCommand[]>
  /** Of a channel: what was withdrawn from this replica, and it has not let go of. */
  readWithdrawn(channel: string): Promise<readonly string[]>
  /** Says that this replica does not hand these out any more. */
  letGo(commandIds: readonly string[]): Promise<void>
  /** Gives back what this replica has claimed. */
  releaseOutbox(commandIds: readonly string[]): Promise<void>
  /**
   * Gives back everything that this replica has claimed in a channel, but for these: after calls whose
   * outcome is not known, which may have claimed what nobody here knows of.
   */
  releaseOutboxExcept(channel: string, commandIds: readonly string[]): Promise<void>
  /**
   * Says that somebody works on these commands until then, as `reservedUntil` of the rows: whoever
   * has claimed them does not hand them out before. Answers those that are there.
   */
  reserveOutbox(commandIds: readonly string[], until: number): Promise<readonly string[]>

  /** Tells the others. Fulfilled when it is sent, not when it is heard. */
  announce(notice: Notice): Promise<void>
  /** Hears the others, not itself. A lost connection is opened again. Returns the way to end it. */
  listen(listener: (notice: Notice) => void): Promise<() => Promise<void>>
}

export interface NewReplica {
  /** New with every start of a process, so that nobody is taken for the one before. */
  readonly id: string
  /** For people: host and process. */
  readonly name: string
  readonly leaseMs: number
}

export interface Replica extends NewReplica {
  readonly joinedAt: number
  readonly leaseUntil: number
}

export interface OutboxClaim {
  readonly channel: string
  /** Only these; absent: all. */
  readonly commands?: readonly string[]
  readonly dueBy: number
  readonly limit: number
}

export interface Notice {
  /** Executions that were written. */
  readonly changed: readonly {
    readonly id: string
    readonly revision: number
    readonly finished: boolean
  }[]
  /** Channels with commands that nobody has claimed. */
  readonly channels: readonly string[]
  /** The earliest timer among what was written. */
  readonly wakeAt?: number
}

/** The part of all executions whose timers a replica fires: those with `slot % count === index`. */
export interface TimerShare {
  readonly index: number
  readonly count: number
}

/** Where an execution belongs in `TimerShare`: 0 to 255, from a hash (FNV-1a) of its id. */
export function slotOf(executionId: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < executionId.length; index += 1) {
    hash = Math.imul(hash ^ executionId.charCodeAt(index), 0x01000193)
  }
  return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & 0xff
}
