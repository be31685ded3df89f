import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import type { ExecutionFilter, ExecutionPage, ExecutionQuery } from '../store.ts'
import { foldTerm } from '../search-terms.ts'
import { rowOf, rowsOf } from './connection.ts'
import type { CountReader } from './count-reader.ts'
import type { ExecutionReader, ExecutionRow } from './execution-reader.ts'
import { type Clause, type Plan, planOf } from './listing-plan.ts'

interface ListedRow extends ExecutionRow {
  readonly started_at: number
  readonly updated_at: number
}

/** Filters are combined freely; the statements of the combinations seen are kept, so many at most. */
const statementsMax = 200

/** Lists, searches and counts executions. */
export class Listing {
  readonly #database: DatabaseSync
  readonly #reader: ExecutionReader
  readonly #counts: CountReader
  readonly #countTerms: StatementSync
  readonly #statementsByText = new Map<string, StatementSync>()

  constructor(database: DatabaseSync, reader: ExecutionReader, counts: CountReader) {
    this.#database = database
    this.#reader = reader
    this.#counts = counts
    this.#countTerms = database.prepare(`
      SELECT count(*) AS count FROM (
        SELECT 1 FROM search_terms WHERE term >= ? AND term < ? LIMIT ?)`)
  }

  list(query: ExecutionQuery): ExecutionPage {
    const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor, query.sort)
    const plan = this.#plan(query.filter, query.sort)
    if (plan === 'nothing' || query.limit <= 0) return { items: [] }
    const byStart = query.sort.endsWith('startedAt')
    const time = byStart ? 'started_at' : 'updated_at'
    const descending = query.sort.startsWith('-')
    const position = cursor === undefined ? [] : [positionClause(cursor, byStart, descending)]
    const direction = descending ? 'DESC' : 'ASC'
    const order = [...(byStart ? [] : ['updated_second']), time, 'executions.number']
    const rows = rowsOf<ListedRow>(
      ...this.#select(
        'executions.number AS number, started_at, updated_at, input, snapshot',
        plan,
        position,
        `ORDER BY ${order.map((column) => `${column} ${direction}`).join(', ')} LIMIT ?`,
        [query.limit + 1],
      ),
    )
    const items = rows.slice(0, query.limit).map((row) => this.#reader.fromRow(row))
    const last = rows[query.limit - 1]
    if (rows.length <= query.limit || last === undefined) return { items }
    const nextCursor = encodeCursor({ sort: query.sort, time: last[time], number: last.number })
    return { items, nextCursor }
  }

  count(filter: ExecutionFilter): number {
    const counted = this.#counts.countOf(filter)
    if (counted !== undefined) return counted
    const plan = this.#plan(filter, 'startedAt')
    if (plan === 'nothing') return 0
    return (
      rowOf<{ count: number }>(...this.#select('count(*) AS count', plan, [], '', []))?.count ?? 0
    )
  }

  #plan(filter: ExecutionFilter, sort: ExecutionQuery['sort']): Plan | 'nothing' {
    return planOf(filter, sort, {
      matching: this.#counts.matching(filter),
      countTerms: (from, to, limit) =>
        rowOf<{ count: number }>(this.#countTerms, from, to, limit)?.count ?? 0,
      foldTerm,
    })
  }

  #select(
    columns: string,
    plan: Plan,
    position: readonly Clause[],
    tail: string,
    tailParameters: readonly SQLInputValue[],
  ): [StatementSync, ...SQLInputValue[]] {
    const clauses = [...plan.clauses, ...position]
    const where = clauses.length === 0 ? '' : `WHERE ${clauses.map(({ sql }) => sql).join(' AND ')}`
    const text = `SELECT ${columns} FROM ${plan.from.sql} ${where} ${tail}`
    const parameters = [plan.from, ...clauses].flatMap((clause) => clause.parameters)
    return [this.#prepare(text), ...parameters, ...tailParameters]
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

/** What comes after the place where the page before ended. */
function positionClause(
  { time, number }: { readonly time: number; readonly number: number },
  byStart: boolean,
  descending: boolean,
): Clause {
  const beyond = descending ? '<' : '>'
  return byStart
    ? {
        sql: `started_at ${beyond}= ? AND (started_at ${beyond} ? OR executions.number ${beyond} ?)`,
        parameters: [time, time, number],
      }
    : {
        sql: `updated_second ${beyond}= ? AND (updated_at ${beyond} ?
          OR (updated_at = ? AND executions.number ${beyond} ?))`,
        parameters: [Math.floor(time / 1000), time, time, number],
      }
}
