import type { NewOutboxCommand, OutboxChanges, OutboxCommand } from '../store.ts'
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
  #sequence = 0

  /** Carries changes out; answers the sequences put. */
  change(changes: OutboxChanges): readonly number[] {
    for (const commandId of changes.remove) this.#remove(commandId)
    for (const { commandId, dueAt, attempt } of changes.postpone) {
      const command = this.#rowsById.get(commandId)
      if (command === undefined) continue
      this.#remove(commandId)
      this.#add({ ...command, dueAt, attempt })
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

  nextDueAt(channel: string, after: number): number | undefined {
    const rows = this.#channels.get(channel)?.byDue.after({ major: after, minor: Infinity }) ?? []
    for (const { major } of rows) return major
    return undefined
  }

  channels(): readonly string[] {
    return [...this.#channels.keys()].toSorted()
  }

  #put(command: NewOutboxCommand): number {
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
    rows.bySequence.add({ major: sequence, minor: 0, command })
    rows.byDue.add({ major: dueAt, minor: sequence })
  }

  #remove(commandId: string): void {
    const command = this.#rowsById.get(commandId)
    if (command === undefined) return
    const { channel, sequence, dueAt } = command
    this.#rowsById.delete(commandId)
    const rows = this.#channels.get(channel)
    rows?.bySequence.remove({ major: sequence, minor: 0 })
    rows?.byDue.remove({ major: dueAt, minor: sequence })
    if (rows?.bySequence.isEmpty === true) this.#channels.delete(channel)
  }
}
