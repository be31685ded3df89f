import type { OutboxClaim } from '../sharing.ts'
import type { OutboxCommand, PutCommand } from '../store.ts'
import type { MemoryLeases } from './memory-leases.ts'
import type { MemoryOutbox } from './memory-outbox.ts'

/** A command that was taken from its owner, who may hold it still. */
interface Withdrawn {
  readonly owner: string
  readonly executionId: string
  readonly channel: string
}

/** Who has claimed which row of the outbox: promises S6 to S8. */
export class MemoryClaims {
  readonly #outbox: MemoryOutbox
  readonly #leases: MemoryLeases
  readonly #ownersByCommand = new Map<string, string>()
  readonly #withdrawnByCommand = new Map<string, Withdrawn>()

  constructor(outbox: MemoryOutbox, leases: MemoryLeases) {
    this.#outbox = outbox
    this.#leases = leases
  }

  /** Claims what a write has put and asks for; answers for each command put whether it was claimed. */
  claimPut(
    put: readonly PutCommand[],
    { replica, now }: { readonly replica: string | undefined; readonly now: number },
  ): readonly boolean[] {
    return put.map(({ commandId, claim }) => {
      const command = this.#outbox.read(commandId)
      if (claim !== true || replica === undefined || command === undefined) return false
      return this.#claim(command, replica, now)
    })
  }

  claimDue(query: OutboxClaim, replica: string): readonly OutboxCommand[] {
    const { channel, commands, dueBy, limit } = query
    const claimed: OutboxCommand[] = []
    for (const command of this.#outbox.inChannel(channel)) {
      if (claimed.length >= limit) break
      if (command.dueAt > dueBy || this.#ownerOf(command) !== undefined) continue
      if (commands !== undefined && !commands.includes(command.command)) continue
      if (this.#claim(command, replica, dueBy)) claimed.push(command)
    }
    return claimed
  }

  /** Whether an execution's first due row in a channel is there for anybody to claim. */
  isAnyUnclaimed(executionId: string, channel: string, now: number): boolean {
    const due = this.#outbox
      .ofExecution(executionId, channel)
      .filter((command) => command.dueAt <= now)
    const first = due.find(({ purpose }) => purpose !== 'also')
    return due.some(
      (command) =>
        (command === first || command.purpose === 'also') && this.#ownerOf(command) === undefined,
    )
  }

  /** Of these commands, those that a replica has claimed. */
  ownedBy(replica: string, commandIds: readonly string[]): readonly OutboxCommand[] {
    return [...new Set(commandIds)]
      .map((id) => this.#outbox.read(id))
      .filter((command) => command !== undefined)
      .filter((command) => this.#ownerOf(command) === replica)
  }

  release(commandIds: readonly string[], replica: string): void {
    for (const id of commandIds) {
      if (this.#ownersByCommand.get(id) === replica) this.#ownersByCommand.delete(id)
    }
  }

  releaseExcept(channel: string, commandIds: readonly string[], replica: string): void {
    const kept = new Set(commandIds)
    const given = [...this.#ownersByCommand.keys()].filter(
      (id) => !kept.has(id) && this.#outbox.read(id)?.channel === channel,
    )
    this.release(given, replica)
  }

  releaseAll(replica: string): void {
    this.release([...this.#ownersByCommand.keys()], replica)
    this.letGo([...this.#withdrawnByCommand.keys()], replica)
  }

  /** Remembers from whom something is taken, before the rows are gone. */
  withdraw(commandIds: readonly string[]): void {
    for (const id of commandIds) {
      const command = this.#outbox.read(id)
      const owner = command === undefined ? undefined : this.#ownerOf(command)
      if (command === undefined || owner === undefined) continue
      const { executionId, channel } = command
      this.#withdrawnByCommand.set(id, { owner, executionId, channel })
    }
  }

  withdrawnFrom(replica: string, channel: string): readonly string[] {
    return [...this.#withdrawnByCommand]
      .filter(([, withdrawn]) => withdrawn.owner === replica && withdrawn.channel === channel)
      .map(([id]) => id)
  }

  letGo(commandIds: readonly string[], replica: string): void {
    for (const id of commandIds) {
      if (this.#withdrawnByCommand.get(id)?.owner === replica) this.#withdrawnByCommand.delete(id)
    }
  }

  /** A claim ends with a change of its row. */
  end(commandIds: readonly string[]): void {
    for (const id of commandIds) this.#ownersByCommand.delete(id)
  }

  #claim(command: OutboxCommand, replica: string, dueBy: number): boolean {
    if (!this.#leases.isAlive(replica)) return false
    if (this.#isAwaitingOther(command, replica) || this.#isBehindAnother(command, replica, dueBy))
      return false
    this.#ownersByCommand.set(command.commandId, replica)
    return true
  }

  #isAwaitingOther({ executionId }: OutboxCommand, replica: string): boolean {
    return [...this.#withdrawnByCommand.values()].some(
      (withdrawn) =>
        withdrawn.executionId === executionId &&
        withdrawn.owner !== replica &&
        this.#leases.isAlive(withdrawn.owner),
    )
  }

  #isBehindAnother(command: OutboxCommand, replica: string, dueBy: number): boolean {
    if (command.purpose === 'also') return false
    return this.#outbox
      .ofExecution(command.executionId, command.channel)
      .filter(({ purpose, sequence }) => purpose !== 'also' && sequence < command.sequence)
      .some((earlier) => earlier.dueAt <= dueBy && this.#ownerOf(earlier) !== replica)
  }

  #ownerOf({ commandId }: OutboxCommand): string | undefined {
    const owner = this.#ownersByCommand.get(commandId)
    return owner !== undefined && this.#leases.isAlive(owner) ? owner : undefined
  }
}
