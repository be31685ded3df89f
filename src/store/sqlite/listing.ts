import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { type Cursor, decodeCursor, encodeCursor } from '../cursor.ts'
import type { ExecutionFilter, ExecutionPage, ExecutionQuery } from '../store.ts'
import { rowOf, rowsOf } from './connection.ts'
import type { CountReader } from './count-reader.ts'
import { executionColumns, type ExecutionRow } from '../rows/execution-details.ts'
import type { ExecutionReader } from './execution-reader.ts'
import { type Branch, branchesOf, type Clause } from './listing-plan.ts'

/** What decides about an execution's place in a list. */
interface Place {
  readonly number: number
  readonly time: number
}

/** Filters are combined freely; the statements of the combinations seen are kept, so many at most. */
const statementsMax = 200

/** Lists, searches and counts executions. */
export class Listing {
  readonly #database: DatabaseSync
  readonly #reader: ExecutionReader
  readonly #counts: CountReader
  readonly #countTerms: StatementSync
  readonly #selectRow: StatementSync
  readonly #statementsByText = new Map<string, StatementSync>()

  constructor(database: DatabaseSync, reader: ExecutionReader, counts: CountReader) {
    this.#database = database
    this.#reader = reader
    this.#counts = counts
    this.#countTerms = database.prepare(`
      SELECT count(*) AS count FROM (
        SELECT 1 FROM search_terms WHERE term >= ? AND term < ? LIMIT ?)`)
    this.#selectRow = database.prepare(
      `SELECT ${executionColumns} FROM executions WHERE number = ?`,
    )
  }

  list(query: ExecutionQuery): ExecutionPage {
    const { sort, limit } = query
    const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor, sort)
    if (limit <= 0) return { items: [] }
    // One more than asked for tells whether there is a next page.
    const places = this.#branches(query.filter, sort)
      .flatMap((branch) => this.#placesOf(branch, sort, cursor, limit + 1))
      .toSorted(inOrderOf(sort))
    const items = places.slice(0, limit).flatMap(({ number }) => {
      const row = rowOf<ExecutionRow>(this.#selectRow, number)
      return row === undefined ? [] : [this.#reader.fromRow(row)]
    })
    const last = places[limit - 1]
    if (places.length <= limit || last === undefined) return { items }
    return { items, nextCursor: encodeCursor({ sort, ...last }) }
  }

  count(filter: ExecutionFilter): number {
    const counted = this.#counts.countOf(filter)
    if (counted !== undefined) return counted
    const counts = this.#branches(filter, 'startedAt').map(({ from, clauses }) => {
      const text = `SELECT count(*) AS count FROM ${from.sql} ${whereOf(clauses)}`
      const parameters = parametersOf([from, ...clauses])
      return rowOf<{ count: number }>(this.#prepare(text), ...parameters)?.count ?? 0
    })
    return counts.reduce((sum, count) => sum + count, 0)
  }

  #branches(filter: ExecutionFilter, sort: ExecutionQuery['sort']): readonly Branch[] {
    return branchesOf(filter, sort, {
      groups: this.#counts.groups(filter),
      countTerms: (from, to, limit) =>
        rowOf<{ count: number }>(this.#countTerms, from, to, limit)?.count ?? 0,
    })
  }

  #placesOf(
    { from, clauses }: Branch,
    sort: ExecutionQuery['sort'],
    cursor: Cursor | undefined,
    limit: number,
  ): readonly Place[] {
    const column = sort.endsWith('startedAt') ? 'started_at' : 'updated_at'
    const direction = sort.startsWith('-') ? 'DESC' : 'ASC'
    const all = cursor === undefined ? clauses : [...clauses, beyond(cursor)]
    const order = [...(column === 'updated_at' ? ['updated_second'] : []), column, 'number']
    const text = `SELECT number, ${column} AS time FROM ${from.sql} ${whereOf(all)}
      ORDER BY ${order.map((name) => `${name} ${direction}`).join(', ')} LIMIT ?`
    return rowsOf<Place>(this.#prepare(text), ...parametersOf([from, ...all]), limit)
  }

  #prepare(text: string): StatementSync {
    const known = this.#statementsByText.get(text)
    if (known !== undefined) return known
    if (this.#statementsByText.size >= statementsMax) this.#statementsByText.clear()
    const statement = this.#database.prepare(text)
    this.#statementsByText.set(text, statement)
    return statement
  }
}

function inOrderOf(sort: ExecutionQuery['sort']): (left: Place, right: Place) => number {
  const sign = sort.startsWith('-') ? -1 : 1
  return (left, right) => sign * (left.time - right.time || left.number - right.number)
}

/** What comes after the place where the page before ended. */
function beyond({ sort, time, number }: Cursor): Clause {
  const sign = sort.startsWith('-') ? '<' : '>'
  if (sort.endsWith('startedAt')) {
    return {
      sql: `started_at ${sign}= ? AND (started_at ${sign} ? OR number ${sign} ?)`,
      parameters: [time, time, number],
    }
  }
  return {
    sql: `updated_second ${sign}= ?
      AND (updated_at ${sign} ? OR (updated_at = ? AND number ${sign} ?))`,
    parameters: [Math.floor(time / 1000), time, time, number],
  }
}

function whereOf(clauses: readonly Clause[]): string {
  return clauses.length === 0 ? '' : `WHERE ${clauses.map(({ sql }) => sql).join(' AND ')}`
}

function parametersOf(clauses: readonly Clause[]): readonly SQLInputValue[] {
  return clauses.flatMap(({ parameters }) => parameters)
}
