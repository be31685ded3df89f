import type { PutCommand } from '../store.ts'

interface PlainRow {
  readonly executionId: string
  readonly commandId: string
  readonly channel: string
  readonly command: string
  readonly isAlso: boolean
  readonly sequence: number
  isDue: boolean
  owner?: string
  reservedUntil?: number
}

/**
 * Promises S6 to S8 in the plainest words: a list of rows and who has them. What a shared store does is
 * compared with it; where S7 leaves a choice, the store's is taken over if it is one of those allowed.
 */
export class PlainClaims {
  readonly #alive = new Set<string>()
  #rows: PlainRow[] = []
  #sequence = 0

  beginLease(replica: string): void {
    this.#alive.add(replica)
  }

  endLease(replica: string): void {
    this.#alive.delete(replica)
    this.release(replica, () => true)
  }

  put(replica: string, { commandId, executionId, channel, command, purpose, claim }: PutCommand) {
    this.remove(commandId)
    const row: PlainRow = {
      executionId,
      commandId,
      channel,
      command,
      isAlso: purpose === 'also',
      sequence: ++this.#sequence,
      isDue: true,
    }
    this.#rows.push(row)
    if (claim !== true || !this.mayClaim(row.commandId, replica)) return false
    row.owner = replica
    return true
  }

  remove(commandId: string): void {
    this.#rows = this.#rows.filter((row) => row.commandId !== commandId)
  }

  postpone(commandId: string, isDue: boolean): void {
    const row = this.#find(commandId)
    if (row === undefined) return
    row.isDue = isDue
    delete row.owner
    delete row.reservedUntil
  }

  /** A replica says that it has claimed this; answers whether it was allowed to. */
  claim(commandId: string, replica: string): boolean {
    const row = this.#find(commandId)
    if (row === undefined || !row.isDue || row.owner !== undefined) return false
    if (!this.mayClaim(commandId, replica)) return false
    row.owner = replica
    return true
  }

  release(replica: string, isGiven: (commandId: string, channel: string) => boolean): void {
    for (const row of this.#rows) {
      if (row.owner === replica && isGiven(row.commandId, row.channel)) delete row.owner
    }
  }

  reserve(commandId: string, until: number): void {
    const row = this.#find(commandId)
    if (row !== undefined) row.reservedUntil = until
  }

  mayClaim(commandId: string, replica: string): boolean {
    const row = this.#find(commandId)
    if (row === undefined || !this.#alive.has(replica)) return false
    return row.isAlso || this.#before(row).every(({ owner }) => owner === replica)
  }

  /** The rows that a replica could claim now. */
  claimable(replica: string, channel: string, commands?: readonly string[]): readonly string[] {
    return this.#rows
      .filter((row) => row.channel === channel && row.isDue && row.owner === undefined)
      .filter((row) => commands === undefined || commands.includes(row.command))
      .map(({ commandId }) => commandId)
      .filter((commandId) => this.mayClaim(commandId, replica))
  }

  /** Channels with a row of an execution that is claimed by nobody and waits for nothing. */
  openChannels(executionId: string): readonly string[] {
    const open = this.#rows
      .filter((row) => row.executionId === executionId && row.isDue && row.owner === undefined)
      .filter((row) => row.isAlso || this.#before(row).length === 0)
    return [...new Set(open.map(({ channel }) => channel))].toSorted()
  }

  idsOf(executionId: string): readonly string[] {
    return this.#rows
      .filter((row) => row.executionId === executionId)
      .map(({ commandId }) => commandId)
  }

  ids(): readonly string[] {
    return this.#rows.map(({ commandId }) => commandId)
  }

  ownedBy(replica: string): readonly string[] {
    return this.#rows.filter(({ owner }) => owner === replica).map(({ commandId }) => commandId)
  }

  reservations(): ReadonlyMap<string, number | undefined> {
    return new Map(this.#rows.map(({ commandId, reservedUntil }) => [commandId, reservedUntil]))
  }

  isAlive(replica: string): boolean {
    return this.#alive.has(replica)
  }

  #find(commandId: string): PlainRow | undefined {
    return this.#rows.find((row) => row.commandId === commandId)
  }

  #before(row: PlainRow): readonly PlainRow[] {
    return this.#rows.filter(
      (other) =>
        !other.isAlso &&
        other.isDue &&
        other.executionId === row.executionId &&
        other.channel === row.channel &&
        other.sequence < row.sequence,
    )
  }
}
