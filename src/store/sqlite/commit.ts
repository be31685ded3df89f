import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { isUnwakeable } from '../liveness.ts'
import type { WriteResult } from '../store.ts'
import { rowOf, rowsOf } from './connection.ts'
import type { Counts } from './counts.ts'
import type { EncodedWrite } from '../rows/encode-write.ts'
import { ExecutionRows, headAfter } from './execution-rows.ts'
import type { Head, Heads } from './heads.ts'
import type { OutboxRows } from './outbox-rows.ts'
import type { Transaction } from './transaction.ts'

/** The write path: one transaction for whatever arrived together. */
export class Committer {
  readonly #heads: Heads
  readonly #counts: Counts
  readonly #outbox: OutboxRows
  readonly #rows: ExecutionRows
  readonly #insertFacts: StatementSync
  readonly #insertAnswer: StatementSync
  readonly #selectAnswer: StatementSync
  readonly #selectKeyOwner: StatementSync
  readonly #insertTerm: StatementSync
  readonly #selectTerms: StatementSync
  readonly #deleteTerm: StatementSync
  readonly #transaction: Transaction
  #lastNumber: number

  constructor(
    database: DatabaseSync,
    parts: { transaction: Transaction; heads: Heads; counts: Counts; outbox: OutboxRows },
  ) {
    this.#transaction = parts.transaction
    this.#heads = parts.heads
    this.#counts = parts.counts
    this.#outbox = parts.outbox
    this.#rows = new ExecutionRows(database)
    this.#insertFacts = database.prepare(
      'INSERT INTO journal (execution, first_sequence, facts) VALUES (?, ?, ?)',
    )
    this.#insertAnswer = database.prepare(
      'INSERT INTO inbox (execution, message_id, answer) VALUES (?, ?, ?)',
    )
    this.#selectAnswer = database.prepare(
      'SELECT 1 FROM inbox WHERE execution = ? AND message_id = ?',
    )
    this.#selectKeyOwner = database.prepare(
      'SELECT 1 FROM executions WHERE flow = ? AND unique_key = ?',
    )
    this.#insertTerm = database.prepare('INSERT INTO search_terms (term, execution) VALUES (?, ?)')
    this.#selectTerms = database.prepare('SELECT term FROM search_terms WHERE execution = ?')
    this.#deleteTerm = database.prepare('DELETE FROM search_terms WHERE term = ? AND execution = ?')
    const last = rowOf<{ number: number | null }>(
      database.prepare('SELECT max(number) AS number FROM executions'),
    )
    this.#lastNumber = last?.number ?? 0
  }

  commit(writes: readonly EncodedWrite[]): readonly WriteResult[] {
    return this.#transaction.run(() => {
      const results = writes.map((write) => this.#write(write))
      this.#counts.flush()
      this.#outbox.flush()
      return results
    })
  }

  /** Takes one write into the transaction whole, or leaves it out whole: first look, then write. */
  #write(write: EncodedWrite): WriteResult {
    const before = this.#heads.get(write.id)
    if ((before?.revision ?? 0) !== write.expectedRevision) return { kind: 'conflict' }
    if (this.#hasDuplicate(write, before)) return { kind: 'duplicate' }
    if (this.#isKeyTaken(write, before)) return { kind: 'key-taken' }

    const number = before?.number ?? ++this.#lastNumber
    const sequences = this.#writeExecution(write, before, number)
    if (write.facts !== null) {
      this.#insertFacts.run(number, write.expectedRevision + 1, write.facts)
    }
    for (const { messageId, answer } of write.inbox) {
      this.#insertAnswer.run(number, messageId, answer)
    }
    if (write.searchTerms !== null) this.#replaceTerms(number, write.searchTerms, before)
    return { kind: 'committed', outboxSequences: sequences }
  }

  #hasDuplicate(write: EncodedWrite, before: Head | undefined): boolean {
    const { inbox } = write
    if (inbox.length === 0) return false
    if (new Set(inbox.map(({ messageId }) => messageId)).size < inbox.length) return true
    if (before === undefined) return false
    return inbox.some(
      ({ messageId }) => this.#selectAnswer.get(before.number, messageId) !== undefined,
    )
  }

  #isKeyTaken({ flow, uniqueKey }: EncodedWrite, before: Head | undefined): boolean {
    if (uniqueKey === null || uniqueKey === before?.uniqueKey) return false
    return this.#selectKeyOwner.get(flow, uniqueKey) !== undefined
  }

  #writeExecution(
    write: EncodedWrite,
    before: Head | undefined,
    number: number,
  ): readonly number[] {
    const outbox = this.#outbox.change(before?.outbox ?? [], write, write.updatedAt)
    const unwakeable = isUnwakeable({
      status: write.status,
      wakeAt: write.wakeAt ?? undefined,
      waitsForEvent: write.waitsForEvent,
      outboxRows: outbox.rows.length,
    })
    const after = headAfter(write, number, outbox.rows, unwakeable)
    if (before === undefined) this.#rows.insert(write, after)
    else this.#rows.update(write, before, after)
    this.#count(write, before, after)
    if (write.finished) this.#heads.forget(write.id)
    else this.#heads.set(write.id, after)
    return outbox.sequences
  }

  #count({ flow, updatedAt }: EncodedWrite, before: Head | undefined, after: Head): void {
    this.#counts.move(flow, before, after)
    const incidents = (after.hasIncident ?? 0) - (before?.hasIncident ?? 0)
    this.#counts.touch(flow, incidents, updatedAt)
  }

  /** Terms seldom change, though they are told with every change of the state. */
  #replaceTerms(number: number, terms: readonly string[], before: Head | undefined): void {
    const wanted = new Set(terms)
    if (before !== undefined) {
      for (const { term } of rowsOf<{ term: string }>(this.#selectTerms, number)) {
        if (!wanted.delete(term)) this.#deleteTerm.run(term, number)
      }
    }
    for (const term of wanted) this.#insertTerm.run(term, number)
  }
}
