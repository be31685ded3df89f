import { type Cursor, decodeCursor, encodeCursor } from '../cursor.ts'
import type { ExecutionFilter, ExecutionPage, ExecutionQuery } from '../store.ts'
import type { Connections } from './connections.ts'
import { type CountRows, countOf } from './count-rows.ts'
import { type FullRow, fromRow, fullColumns } from './execution-reader.ts'
import { type Knowledge, type Source, sortedRowsMax, sourceOf, termRange } from './listing-plan.ts'
import { Parameters } from './parameters.ts'

/** Lists, searches and counts executions. */
export class Listing {
  readonly #connections: Connections
  readonly #counts: CountRows

  constructor(connections: Connections, counts: CountRows) {
    this.#connections = connections
    this.#counts = counts
  }

  async list(query: ExecutionQuery): Promise<ExecutionPage> {
    const { filter, sort, limit } = query
    const cursor = query.cursor === undefined ? undefined : decodeCursor(query.cursor, sort)
    if (limit <= 0) return { items: [] }
    const knowledge = await this.#knowledgeOf(filter)
    if (knowledge.groups.length === 0) return { items: [] }
    const parameters = new Parameters()
    const source = sourceOf(filter, sort, knowledge, parameters)
    // One more than asked for tells whether there is a next page.
    const text = pageText(source, { sort, cursor, limit: limit + 1 }, parameters)
    const rows = await this.#connections.read<FullRow>({ text, values: parameters.values })
    const items = rows.slice(0, limit).map(fromRow)
    const last = rows[limit - 1]
    if (rows.length <= limit || last === undefined) return { items }
    const time = sort.endsWith('startedAt') ? last.started_at : last.updated_at
    return { items, nextCursor: encodeCursor({ sort, time, number: last.number }) }
  }

  async count(filter: ExecutionFilter): Promise<number> {
    const groups = await this.#counts.groups(filter)
    const counted = countOf(filter, groups)
    if (counted !== undefined) return counted
    const knowledge = await this.#knowledgeOf(filter)
    if (knowledge.groups.length === 0) return 0
    const parameters = new Parameters()
    const source = sourceOf(filter, 'startedAt', knowledge, parameters)
    const [row] = await this.#connections.read<{ count: number }>({
      text: countText(source),
      values: parameters.values,
    })
    return row?.count ?? 0
  }

  async #knowledgeOf(filter: ExecutionFilter): Promise<Knowledge> {
    const [groups, hasFewFinds] = await Promise.all([
      this.#counts.groups(filter),
      filter.q === undefined ? true : this.#hasFewFinds(filter.q),
    ])
    return { groups, hasFewFinds }
  }

  async #hasFewFinds(q: string): Promise<boolean> {
    const { from, to } = termRange(q)
    if (from === '') return true
    const [row] = await this.#connections.read<{ count: number }>({
      name: 'count terms',
      text: `SELECT count(*) AS count FROM (
        SELECT 1 FROM search_terms WHERE term >= $1 AND term < $2 LIMIT $3) AS found`,
      values: [from, to, sortedRowsMax + 1],
    })
    return (row?.count ?? 0) <= sortedRowsMax
  }
}

interface Page {
  readonly sort: ExecutionQuery['sort']
  readonly cursor: Cursor | undefined
  readonly limit: number
}

/** Each range gives a page of its own in order; of all of them, the first make the page. */
function pageText(
  { from, where, ranges }: Source,
  { sort, cursor, limit }: Page,
  parameters: Parameters,
): string {
  const direction = sort.startsWith('-') ? 'DESC' : 'ASC'
  const columns = sort.endsWith('startedAt')
    ? ['started_at', 'number']
    : ['updated_second', 'updated_at', 'number']
  const orderOf = (alias: string): string =>
    columns.map((column) => `${alias}.${column} ${direction}`).join(', ')
  const conditions = [
    ...where,
    ...(cursor === undefined ? [] : [beyond(cursor, parameters)]),
    ...(ranges === undefined ? [] : [ranges.condition]),
  ]
  const most = parameters.add(limit)
  const found = `SELECT e.id, ${columns.map((column) => `e.${column}`).join(', ')} FROM ${from}
    ${whereOf(conditions)} ORDER BY ${orderOf('e')} LIMIT ${most}`
  const all =
    ranges === undefined
      ? found
      : `SELECT f.* FROM ${ranges.table} CROSS JOIN LATERAL (${found}) AS f
         ORDER BY ${orderOf('f')} LIMIT ${most}`
  return `WITH f AS MATERIALIZED (${all})
    SELECT ${fullColumns} FROM f JOIN executions AS e ON e.id = f.id ORDER BY ${orderOf('f')}`
}

function countText({ from, where, ranges }: Source): string {
  if (ranges === undefined) return `SELECT count(*) AS count FROM ${from} ${whereOf(where)}`
  return `SELECT count(*) AS count FROM ${ranges.table} JOIN ${from} ON ${ranges.condition}
    ${whereOf(where)}`
}

/** What comes after the place where the page before ended. */
function beyond({ sort, time, number }: Cursor, parameters: Parameters): string {
  const sign = sort.startsWith('-') ? '<' : '>'
  const at = parameters.add(time)
  const after = parameters.add(number)
  if (sort.endsWith('startedAt')) {
    return `(e.started_at, e.number) ${sign} (${at}::bigint, ${after}::bigint)`
  }
  const second = parameters.add(Math.floor(time / 1000))
  return `e.updated_second ${sign}= ${second}
    AND (e.updated_at, e.number) ${sign} (${at}::bigint, ${after}::bigint)`
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
}
