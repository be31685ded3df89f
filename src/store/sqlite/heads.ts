import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Status } from '../../kernel/model/execution.ts'
import { rowOf } from './connection.ts'

/** A row of the outbox, as its execution knows it. */
export interface OutboxRow {
  readonly commandId: string
  readonly channel: string
  readonly sequence: number
}

/** What the last write of an execution left: all that the next write must compare itself with. */
export interface Head {
  readonly number: number
  readonly revision: number
  readonly version: number
  readonly status: Status
  readonly node: string
  readonly stage: string | null
  readonly hasIncident: 1 | null
  readonly updatedSecond: number
  readonly finishedAt: number | null
  readonly wakeAt: number | null
  readonly uniqueKey: string | null
  readonly unwakeable: 1 | null
  readonly outbox: readonly OutboxRow[]
}

/** Executions under way are few beside those stored; the others are read again when needed. */
const headsMax = 50_000

/**
 * The heads of executions written lately. They are true because one process alone writes to the
 * store; after a failed transaction they are forgotten.
 */
export class Heads {
  readonly #byId = new Map<string, Head>()
  readonly #select: StatementSync

  constructor(database: DatabaseSync) {
    this.#select = database.prepare(`
      SELECT number, revision, version, status, node, stage, has_incident AS hasIncident,
        updated_second AS updatedSecond, finished_at AS finishedAt, wake_at AS wakeAt,
        unique_key AS uniqueKey, unwakeable, outbox
      FROM executions WHERE id = ?`)
  }

  get(id: string): Head | undefined {
    return this.#byId.get(id) ?? this.#load(id)
  }

  set(id: string, head: Head): void {
    this.#byId.set(id, head)
    if (this.#byId.size > headsMax) this.#forgetOldest()
  }

  forget(id: string): void {
    this.#byId.delete(id)
  }

  forgetAll(): void {
    this.#byId.clear()
  }

  #load(id: string): Head | undefined {
    const row = rowOf<Omit<Head, 'outbox'> & { outbox: string | null }>(this.#select, id)
    if (row === undefined) return undefined
    const head: Head = { ...row, outbox: outboxFromColumn(row.outbox) }
    this.set(id, head)
    return head
  }

  #forgetOldest(): void {
    for (const id of this.#byId.keys()) {
      this.#byId.delete(id)
      return
    }
  }
}

/** The form of an execution's outbox rows in its own row. */
export function outboxToColumn(rows: readonly OutboxRow[]): string | null {
  if (rows.length === 0) return null
  return JSON.stringify(rows.map((row) => [row.commandId, row.channel, row.sequence]))
}

export function outboxFromColumn(column: string | null): readonly OutboxRow[] {
  if (column === null) return []
  const rows: [string, string, number][] = JSON.parse(column)
  return rows.map(([commandId, channel, sequence]) => ({ commandId, channel, sequence }))
}
