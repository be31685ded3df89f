import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Execution } from '../../kernel/model/execution.ts'
import type { Fact } from '../../kernel/model/fact.ts'
import type { Json, JsonObject } from '../../kernel/model/json.ts'
import { slotOf, type TimerShare } from '../sharing.ts'
import type { DueTimer, InboxKey, JournalPage, OutboxCommand } from '../store.ts'
import { rowOf, rowsOf } from './connection.ts'
import { executionColumns, executionOf, type ExecutionRow } from '../rows/execution-details.ts'
import { outboxFromColumn } from './heads.ts'
import type { OutboxRows } from './outbox-rows.ts'

interface JournalRow {
  readonly first_sequence: number
  readonly facts: string
}

/** Reads single executions and what belongs to them. */
export class ExecutionReader {
  readonly #select: StatementSync
  readonly #selectFirstFacts: StatementSync
  readonly #selectAnswer: StatementSync
  readonly #selectOpenByKey: StatementSync
  readonly #selectNewestByKey: StatementSync
  readonly #selectEnd: StatementSync
  readonly #selectJournal: StatementSync
  readonly #selectOutbox: StatementSync
  readonly #selectDueTimers: StatementSync
  readonly #selectNextWake: StatementSync
  readonly #selectTimers: StatementSync
  readonly #selectUnwakeable: StatementSync

  constructor(database: DatabaseSync) {
    this.#select = database.prepare(`SELECT ${executionColumns} FROM executions WHERE id = ?`)
    this.#selectFirstFacts = database.prepare(
      'SELECT facts FROM journal WHERE execution = ? AND first_sequence = 1',
    )
    this.#selectAnswer = database.prepare(`
      SELECT answer FROM inbox
      WHERE execution = (SELECT number FROM executions WHERE id = ?) AND message_id = ?`)
    this.#selectOpenByKey = database.prepare(`
      SELECT id FROM executions INDEXED BY executions_by_open_key
      WHERE key = ? AND flow = ? AND finished_at IS NULL
      ORDER BY started_at DESC, number DESC LIMIT 1`)
    this.#selectNewestByKey = database.prepare(`
      SELECT id FROM executions INDEXED BY executions_by_key
      WHERE key = ? AND flow = ? ORDER BY started_at DESC, number DESC LIMIT 1`)
    this.#selectEnd = database.prepare('SELECT number, revision FROM executions WHERE id = ?')
    this.#selectJournal = database.prepare(`
      SELECT first_sequence, facts FROM journal
      WHERE execution = ?1 AND first_sequence >= coalesce(
        (SELECT max(first_sequence) FROM journal WHERE execution = ?1 AND first_sequence <= ?2), 1)
      ORDER BY first_sequence`)
    this.#selectOutbox = database.prepare('SELECT outbox FROM executions WHERE id = ?')
    this.#selectDueTimers = database.prepare(`
      SELECT id AS executionId, wake_at AS wakeAt FROM executions INDEXED BY executions_by_wake
      WHERE wake_at <= ? ORDER BY wake_at, number LIMIT ?`)
    this.#selectNextWake = database.prepare(`
      SELECT min(wake_at) AS at FROM executions INDEXED BY executions_by_wake
      WHERE wake_at IS NOT NULL`)
    this.#selectTimers = database.prepare(`
      SELECT id AS executionId, wake_at AS wakeAt FROM executions INDEXED BY executions_by_wake
      WHERE wake_at <= ? ORDER BY wake_at, number`)
    this.#selectUnwakeable = database.prepare(`
      SELECT id FROM executions INDEXED BY executions_unwakeable
      WHERE unwakeable IS NOT NULL ORDER BY unwakeable, number LIMIT ?`)
  }

  read(id: string): Execution | undefined {
    const row = rowOf<ExecutionRow>(this.#select, id)
    return row === undefined ? undefined : this.fromRow(row)
  }

  fromRow(row: ExecutionRow): Execution {
    const input: JsonObject =
      row.input === null ? this.#inputFromJournal(row.number) : JSON.parse(row.input)
    return executionOf(row, input)
  }

  readAnswer({ executionId, messageId }: InboxKey): Json | undefined {
    const row = rowOf<{ answer: string }>(this.#selectAnswer, executionId, messageId)
    return row === undefined ? undefined : JSON.parse(row.answer)
  }

  findByKey(flow: string, key: string): string | undefined {
    const open = rowOf<{ id: string }>(this.#selectOpenByKey, key, flow)
    return (open ?? rowOf<{ id: string }>(this.#selectNewestByKey, key, flow))?.id
  }

  readJournal(
    executionId: string,
    { after, limit }: { readonly after: number; readonly limit: number },
  ): JournalPage {
    const end = rowOf<{ number: number; revision: number }>(this.#selectEnd, executionId)
    const facts: { sequence: number; fact: Fact }[] = []
    if (end === undefined || limit <= 0) return { facts }
    for (const row of this.#selectJournal.iterate(end.number, after + 1)) {
      const { first_sequence: first, facts: text } = row as unknown as JournalRow
      const entry: Fact[] = JSON.parse(text)
      for (const [index, fact] of entry.entries()) {
        const sequence = first + index
        if (sequence > after && facts.length < limit) facts.push({ sequence, fact })
      }
      if (facts.length >= limit) break
    }
    const last = facts.at(-1)?.sequence ?? end.revision
    return last < end.revision ? { facts, next: last } : { facts }
  }

  readOutboxCommands(ids: readonly string[], outbox: OutboxRows): readonly OutboxCommand[] {
    const commands = ids.map((id) => {
      const executionId = id.slice(0, id.lastIndexOf(':'))
      const row = rowOf<{ outbox: string | null }>(this.#selectOutbox, executionId)
      const key = outboxFromColumn(row?.outbox ?? null).find((entry) => entry.commandId === id)
      return key === undefined ? undefined : outbox.read(key)
    })
    return commands.filter((command) => command !== undefined)
  }

  readDueTimers(until: number, limit: number, share?: TimerShare): readonly DueTimer[] {
    if (share !== undefined) return [...this.#timersOf(share, until, limit)]
    return rowsOf<DueTimer>(this.#selectDueTimers, until, limit).map((row) => ({ ...row }))
  }

  nextWakeAt(share?: TimerShare): number | undefined {
    if (share === undefined)
      return rowOf<{ at: number | null }>(this.#selectNextWake)?.at ?? undefined
    for (const { wakeAt } of this.#timersOf(share, Number.MAX_SAFE_INTEGER, 1)) return wakeAt
    return undefined
  }

  findUnwakeable(limit: number): readonly string[] {
    return rowsOf<{ id: string }>(this.#selectUnwakeable, limit).map(({ id }) => id)
  }

  /** Shares are for processes beside each other; one alone has no column for them, and looks. */
  *#timersOf({ index, count }: TimerShare, until: number, limit: number): Generator<DueTimer> {
    let found = 0
    for (const row of this.#selectTimers.iterate(until)) {
      if (found >= limit) return
      const { executionId, wakeAt } = row as unknown as DueTimer
      if (slotOf(executionId) % count !== index) continue
      found += 1
      yield { executionId, wakeAt }
    }
  }

  #inputFromJournal(number: number): JsonObject {
    const row = rowOf<{ facts: string }>(this.#selectFirstFacts, number)
    const facts: Fact[] = row === undefined ? [] : JSON.parse(row.facts)
    const first = facts[0]
    if (first?.kind !== 'started') throw new Error(`execution ${number} has lost its first fact`)
    return first.input
  }
}
