import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { EncodedWrite } from '../rows/encode-write.ts'
import { type Head, type OutboxRow, outboxToColumn } from './heads.ts'

/** Columns that rarely change and stand in an index; each has a bit in a statement's name. */
const indexedColumns = [
  'version',
  'status',
  'node',
  'stage',
  'has_incident',
  'updated_second',
  'finished_at',
  'wake_at',
  'unique_key',
  'unwakeable',
] as const

/** What an execution's row says after a write. */
export function headAfter(
  write: EncodedWrite,
  number: number,
  outbox: readonly OutboxRow[],
  unwakeable: boolean,
): Head {
  return {
    number,
    revision: write.revision,
    version: write.version,
    status: write.status,
    node: write.node,
    stage: write.stage,
    hasIncident: write.hasIncident,
    updatedSecond: Math.floor(write.updatedAt / 1000),
    finishedAt: write.finishedAt,
    wakeAt: write.wakeAt,
    uniqueKey: write.uniqueKey,
    unwakeable: unwakeable ? 1 : null,
    outbox,
  }
}

/**
 * Writes rows of `executions`. SQLite rewrites the entries of an index whenever one of its columns is
 * named in an UPDATE, changed or not; therefore only those are named that did change.
 */
export class ExecutionRows {
  readonly #database: DatabaseSync
  readonly #insert: StatementSync
  readonly #updatesByBits: StatementSync[] = []

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#insert = database.prepare(`
      INSERT INTO executions (number, id, flow, version, kind, key, started_at, finished_at,
        updated_second, updated_at, status, node, stage, has_incident, wake_at, unique_key,
        unwakeable, revision, outbox, input, state, details)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  }

  insert(write: EncodedWrite, head: Head): void {
    this.#insert.run(
      head.number,
      write.id,
      write.flow,
      head.version,
      write.kind,
      write.key,
      write.startedAt,
      head.finishedAt,
      head.updatedSecond,
      write.updatedAt,
      head.status,
      head.node,
      head.stage,
      head.hasIncident,
      head.wakeAt,
      head.uniqueKey,
      head.unwakeable,
      head.revision,
      outboxToColumn(head.outbox),
      write.input,
      write.state,
      write.details,
    )
  }

  update(write: EncodedWrite, before: Head, after: Head): void {
    const values: SQLInputValue[] = [
      write.updatedAt,
      after.revision,
      outboxToColumn(after.outbox),
      write.state,
      write.details,
    ]
    let bits = 0
    const compare = (bit: number, old: SQLInputValue, value: SQLInputValue): void => {
      if (old === value) return
      bits |= 1 << bit
      values.push(value)
    }
    compare(0, before.version, after.version)
    compare(1, before.status, after.status)
    compare(2, before.node, after.node)
    compare(3, before.stage, after.stage)
    compare(4, before.hasIncident, after.hasIncident)
    compare(5, before.updatedSecond, after.updatedSecond)
    compare(6, before.finishedAt, after.finishedAt)
    compare(7, before.wakeAt, after.wakeAt)
    compare(8, before.uniqueKey, after.uniqueKey)
    compare(9, before.unwakeable, after.unwakeable)
    values.push(after.number)
    this.#updateOf(bits).run(...values)
  }

  #updateOf(bits: number): StatementSync {
    return (this.#updatesByBits[bits] ??= this.#database.prepare(`
      UPDATE executions SET updated_at = ?, revision = ?, outbox = ?, state = ?, details = ?
        ${indexedColumns.map((column, bit) => ((bits >> bit) & 1 ? `, ${column} = ?` : '')).join('')}
      WHERE number = ?`))
  }
}
