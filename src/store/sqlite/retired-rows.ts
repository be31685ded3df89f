import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Execution, isFinished } from '../../kernel/model/execution.ts'
import { rowsOf } from './connection.ts'
import type { Counts } from './counts.ts'
import { executionColumns, type ExecutionRow } from '../rows/execution-details.ts'
import type { ExecutionReader } from './execution-reader.ts'
import type { Heads } from './heads.ts'

/** Tables whose rows belong to an execution and go with it. */
const belongings = ['journal', 'inbox', 'search_terms'] as const

/** Finds executions that ended long ago, and deletes them. */
export class RetiredRows {
  readonly #heads: Heads
  readonly #counts: Counts
  readonly #reader: ExecutionReader
  readonly #selectFinished: StatementSync
  readonly #selectFlow: StatementSync
  readonly #deletes: readonly StatementSync[]

  constructor(
    database: DatabaseSync,
    parts: { readonly heads: Heads; readonly counts: Counts; readonly reader: ExecutionReader },
  ) {
    this.#heads = parts.heads
    this.#counts = parts.counts
    this.#reader = parts.reader
    this.#selectFinished = database.prepare(`
      SELECT ${executionColumns} FROM executions INDEXED BY executions_by_end
      WHERE finished_at < ? AND status IN ('completed', 'failed', 'rolled-back', 'cancelled')
      ORDER BY finished_at, number LIMIT ?`)
    this.#selectFlow = database.prepare(
      'SELECT flow, updated_at AS at FROM executions WHERE number = ?',
    )
    this.#deletes = [
      ...belongings.map((table) => database.prepare(`DELETE FROM ${table} WHERE execution = ?`)),
      database.prepare('DELETE FROM executions WHERE number = ?'),
    ]
  }

  readFinishedBefore(time: number, limit: number): readonly Execution[] {
    const rows = rowsOf<ExecutionRow>(this.#selectFinished, time, limit)
    return rows.map((row) => this.#reader.fromRow(row))
  }

  /** Belongs inside a transaction. Answers which were deleted. */
  delete(ids: readonly string[]): readonly string[] {
    const deleted = ids.filter((id) => this.#delete(id))
    this.#counts.flush()
    return deleted
  }

  #delete(id: string): boolean {
    const head = this.#heads.get(id)
    if (head === undefined || !isFinished(head) || head.outbox.length > 0) return false
    const { number } = head
    for (const { flow, at } of rowsOf<{ flow: string; at: number }>(this.#selectFlow, number)) {
      this.#counts.remove(flow, head)
      this.#counts.touch(flow, -(head.hasIncident ?? 0), at)
    }
    for (const statement of this.#deletes) statement.run(number)
    this.#heads.forget(id)
    return true
  }
}
