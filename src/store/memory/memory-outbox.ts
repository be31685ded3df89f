import type { OutboxChanges, OutboxCommand, PutCommand } from '../store.ts'
import { type Position, SortedList } from './sorted-list.ts'

interface Row extends Position {
  readonly command: OutboxCommand
}

interface ChannelRows {
  readonly bySequence: SortedList<Row>
  readonly byDue: SortedList<Position>
}

/** Commands that no receiver has accepted yet, by id and by channel. */
export class MemoryOutbox {
  readonly #rowsById = new Map<string, OutboxCommand>()
  readonly #channels = new Map<string, ChannelRows>()
  readonly #idsByExecution = new Map<string, Set<string>>()
  #sequence = 0

  /** Carries changes out; answers the sequences put. */
  change(changes: OutboxChanges): readonly number[] {
    for (const commandId of changes.remove) this.#remove(commandId)
    for (const { commandId, dueAt, attempt } of changes.postpone) {
      const command = this.#rowsById.get(commandId)
      if (command === undefined) continue
      const { reservedUntil: _reservedUntil, ...rest } = command
      this.#remove(commandId)
      this.#add({ ...rest, dueAt, attempt })
    }
    return changes.put.map((command) => this.#put(command))
  }

  read(commandId: string): OutboxCommand | undefined {
    return this.#rowsById.get(commandId)
  }

  readDue(channel: string, after: number, dueBy: number, limit: number): readonly OutboxCommand[] {
    const due: OutboxCommand[] = []
    const rows = this.#channels.get(channel)?.bySequence.after({ major: after, minor: 0 }) ?? []
    for (const { command } of rows) {
      if (due.length >= limit) break
      if (command.dueAt <= dueBy) due.push(command)
    }
    return due
  }

  /** The rows of one execution in a channel, in order. */
  ofExecution(executionId: string, channel: string): readonly OutboxCommand[] {
    return [...(this.#idsByExecution.get(executionId) ?? [])]
      .map((id) => this.#rowsById.get(id))
      .filter((command) => command?.channel === channel)
      .filter((command) => command !== undefined)
      .toSorted((left, right) => left.sequence - right.sequence)
  }

  /** Rows of a channel in order. */
  *inChannel(channel: string): Generator<OutboxCommand> {
    for (const { command } of this.#channels.get(channel)?.bySequence.after() ?? []) yield command
  }

  /** Says that somebody works on a command until then; answers whether it is there. */
  reserve(commandId: string, reservedUntil: number): boolean {
    const command = this.#rowsById.get(commandId)
    if (command === undefined) return false
    this.#remove(commandId)
    this.#add({ ...command, reservedUntil })
    return true
  }

  nextDueAt(channel: string, after: number): number | undefined {
    const rows = this.#channels.get(channel)?.byDue.after({ major: after, minor: Infinity }) ?? []
    for (const { major } of rows) return major
    return undefined
  }

  channels(): readonly string[] {
    return [...this.#channels.keys()].toSorted()
  }

  #put({ claim: _claim, ...command }: PutCommand): number {
    this.#remove(command.commandId)
    this.#add({ ...command, sequence: ++this.#sequence })
    return this.#sequence
  }

  #add(command: OutboxCommand): void {
    const { channel, sequence, dueAt } = command
    let rows = this.#channels.get(channel)
    if (rows === undefined) {
      rows = { bySequence: new SortedList(), byDue: new SortedList() }
      this.#channels.set(channel, rows)
    }
    this.#rowsById.set(command.commandId, command)
    const ids = this.#idsByExecution.get(command.executionId) ?? new Set()
    this.#idsByExecution.set(command.executionId, ids.add(command.commandId))
    rows.bySequence.add({ major: sequence, minor: 0, command })
    rows.byDue.add({ major: dueAt, minor: sequence })
  }

  #remove(commandId: string): void {
    const command = this.#rowsById.get(commandId)
    if (command === undefined) return
    const { channel, sequence, dueAt, executionId } = command
    this.#rowsById.delete(commandId)
    const ids = this.#idsByExecution.get(executionId)
    ids?.delete(commandId)
    if (ids?.size === 0) this.#idsByExecution.delete(executionId)
    const rows = this.#channels.get(channel)
    rows?.bySequence.remove({ major: sequence, minor: 0 })
    rows?.byDue.remove({ major: dueAt, minor: sequence })
    if (rows?.bySequence.isEmpty === true) this.#channels.delete(channel)
  }
}
