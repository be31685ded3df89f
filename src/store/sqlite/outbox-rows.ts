import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Json } from '../../kernel/model/json.ts'
import type { OutboxCommand } from '../store.ts'
import { rowOf, rowsOf } from './connection.ts'
import type { CommandColumn, EncodedCommand, EncodedWrite } from '../rows/encode-write.ts'
import type { OutboxRow } from './heads.ts'

interface Row {
  readonly sequence: number
  readonly due_at: number
  readonly attempt: number
  readonly command: string
  readonly data: string
}

/** Reads and writes rows of `outbox`. */
export class OutboxRows {
  readonly #insert: StatementSync
  readonly #delete: StatementSync
  readonly #postpone: StatementSync
  readonly #selectDue: StatementSync
  readonly #selectOne: StatementSync
  readonly #selectNextChannel: StatementSync
  readonly #selectNextLater: StatementSync
  readonly #selectNextOfAll: StatementSync
  readonly #saveSequence: StatementSync
  #sequence: number
  #savedSequence: number
  /** Time as far as writes have told; what was due by then needs no waking. */
  #latestWriteAt: number

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(`
      INSERT INTO outbox (channel, sequence, due_at, later_at, attempt, command, data)
      VALUES (?, ?, ?, ?, ?, ?, ?)`)
    this.#delete = database.prepare('DELETE FROM outbox WHERE channel = ? AND sequence = ?')
    this.#postpone = database.prepare(`
      UPDATE outbox SET due_at = ?, later_at = ?, attempt = ? WHERE channel = ? AND sequence = ?`)
    this.#selectDue = database.prepare(`
      SELECT sequence, due_at, attempt, command, data FROM outbox
      WHERE channel = ? AND sequence > ? AND due_at <= ? ORDER BY sequence LIMIT ?`)
    this.#selectOne = database.prepare(`
      SELECT sequence, due_at, attempt, command, data FROM outbox WHERE channel = ? AND sequence = ?`)
    this.#selectNextChannel = database.prepare(
      'SELECT channel FROM outbox WHERE channel > ? ORDER BY channel LIMIT 1',
    )
    this.#selectNextLater = database.prepare(`
      SELECT min(later_at) AS at FROM outbox WHERE channel = ? AND later_at > ?`)
    this.#selectNextOfAll = database.prepare(`
      SELECT min(due_at) AS at FROM outbox WHERE channel = ? AND due_at > ?`)
    this.#saveSequence = database.prepare(`
      INSERT INTO sequences (name, value) VALUES ('outbox', ?)
      ON CONFLICT DO UPDATE SET value = excluded.value`)
    const saved = rowOf<{ value: number }>(
      database.prepare(`SELECT value FROM sequences WHERE name = 'outbox'`),
    )
    this.#savedSequence = saved?.value ?? 0
    this.#sequence = this.#savedSequence
    const latest = rowOf<{ at: number | null }>(
      database.prepare('SELECT max(last_activity_at) AS at FROM flow_activity'),
    )
    this.#latestWriteAt = latest?.at ?? 0
  }

  /** Carries changes out; answers the rows that the execution has then, and the sequences put. */
  change(
    rows: readonly OutboxRow[],
    changes: Pick<EncodedWrite, 'put' | 'postpone' | 'remove'>,
    at: number,
  ): { readonly rows: readonly OutboxRow[]; readonly sequences: readonly number[] } {
    if (at > this.#latestWriteAt) this.#latestWriteAt = at
    let left = rows
    for (const commandId of changes.remove) left = this.#remove(left, commandId)
    for (const { commandId, dueAt, attempt } of changes.postpone) {
      const row = left.find((candidate) => candidate.commandId === commandId)
      if (row === undefined) continue
      this.#postpone.run(dueAt, laterAt(dueAt, at), attempt, row.channel, row.sequence)
    }
    if (changes.put.length === 0) return { rows: left, sequences: [] }
    const sequences: number[] = []
    for (const command of changes.put) {
      const row = this.#put(command, at)
      left = [...this.#remove(left, command.commandId), row]
      sequences.push(row.sequence)
    }
    return { rows: left, sequences }
  }

  /** Belongs inside the transaction of the changes; if that fails, so do the numbers it gave. */
  flush(): void {
    if (this.#sequence === this.#savedSequence) return
    this.#saveSequence.run(this.#sequence)
    this.#savedSequence = this.#sequence
  }

  readDue(channel: string, after: number, dueBy: number, limit: number): readonly OutboxCommand[] {
    return rowsOf<Row>(this.#selectDue, channel, after, dueBy, limit).map((row) =>
      commandOf(channel, row),
    )
  }

  read(key: OutboxRow): OutboxCommand | undefined {
    const row = rowOf<Row>(this.#selectOne, key.channel, key.sequence)
    return row === undefined ? undefined : commandOf(key.channel, row)
  }

  nextDueAt(channel: string, after: number): number | undefined {
    // Rows outside the index of later ones were due at the latest when they were written.
    const statement = after >= this.#latestWriteAt ? this.#selectNextLater : this.#selectNextOfAll
    return rowOf<{ at: number | null }>(statement, channel, after)?.at ?? undefined
  }

  channels(): readonly string[] {
    const channels: string[] = []
    let row = rowOf<{ channel: string }>(this.#selectNextChannel, '')
    while (row !== undefined) {
      channels.push(row.channel)
      row = rowOf<{ channel: string }>(this.#selectNextChannel, row.channel)
    }
    return channels
  }

  #put(encoded: EncodedCommand, at: number): OutboxRow {
    const { commandId, channel, dueAt, attempt, command, data } = encoded
    const sequence = ++this.#sequence
    this.#insert.run(channel, sequence, dueAt, laterAt(dueAt, at), attempt, command, data)
    return { commandId, channel, sequence }
  }

  #remove(rows: readonly OutboxRow[], commandId: string): readonly OutboxRow[] {
    const row = rows.find((candidate) => candidate.commandId === commandId)
    if (row === undefined) return rows
    this.#delete.run(row.channel, row.sequence)
    return rows.filter((candidate) => candidate !== row)
  }
}

function laterAt(dueAt: number, now: number): number | null {
  return dueAt > now ? dueAt : null
}

function commandOf(channel: string, row: Row): OutboxCommand {
  const rest: CommandColumn = JSON.parse(row.command)
  const data: Json = JSON.parse(row.data)
  const { sequence, attempt, due_at: dueAt } = row
  return { ...rest, channel, data, dueAt, attempt, sequence }
}
