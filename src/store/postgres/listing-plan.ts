import { foldTerm } from '../search-terms.ts'
import type { ExecutionFilter, ExecutionQuery } from '../store.ts'
import type { Group } from './count-rows.ts'
import { encodeName } from './names.ts'
import type { Parameters } from './parameters.ts'

/** Where executions are looked for. */
export interface Source {
  /** A table `e` of executions, each once, of which the conditions of the filter choose. */
  readonly from: string
  readonly where: readonly string[]
  /**
   * Ranges of an index, each of which is in the order of the list already: as a table of their keys,
   * and the condition that an execution is in one of them.
   */
  readonly ranges?: { readonly table: string; readonly condition: string }
}

/** What is known of the stored executions before any of them is read. */
export interface Knowledge {
  /** The groups that fit the filter; what it finds is in one of them. */
  readonly groups: readonly Group[]
  /** A search has so few finds that all of them are read and sorted. */
  readonly hasFewFinds: boolean
}

/** So many rows are read and sorted in some milliseconds. */
export const sortedRowsMax = 10_000

/**
 * Chooses how executions that match a filter are found. PostgreSQL could guess how often a value
 * occurs; the counts know it.
 */
export function sourceOf(
  filter: ExecutionFilter,
  sort: ExecutionQuery['sort'],
  { groups, hasFewFinds }: Knowledge,
  parameters: Parameters,
): Source {
  const where = conditionsOf(filter, parameters)
  if (filter.q !== undefined) {
    if (hasFewFinds) return { from: findsOf(filter.q, parameters), where }
    where.push(foundCondition(filter.q, parameters))
  }
  const from = 'executions AS e'
  if (filter.key !== undefined) return { from, where }
  if (filter.incident === true) {
    const flows = parameters.add(flowsOf(groups))
    const table = `unnest(${flows}::text[]) AS r (flow)`
    return { from, where, ranges: { table, condition: 'e.flow = r.flow' } }
  }
  const isNarrow = [filter.status, filter.node, filter.stage, filter.version].some(
    (value) => value !== undefined,
  )
  const few = groups.reduce((sum, { count }) => sum + count, 0) <= sortedRowsMax
  if (sort.endsWith('updatedAt') && !(isNarrow && few)) {
    const flows = parameters.add(flowsOf(groups))
    const table = `unnest(${flows}::text[]) AS r (flow)`
    return { from, where, ranges: { table, condition: 'e.flow = r.flow' } }
  }
  const places = placesOf(groups)
  const columns = [
    parameters.add(places.map(({ flow }) => encodeName(flow))),
    parameters.add(places.map(({ status }) => status)),
    parameters.add(places.map(({ node }) => encodeName(node))),
  ]
  return {
    from,
    where,
    ranges: {
      table: `unnest(${columns.map((column) => `${column}::text[]`).join(', ')})
        AS r (flow, status, node)`,
      condition: 'e.flow = r.flow AND e.status = r.status AND e.node = r.node',
    },
  }
}

/** Beginnings of search terms lie between these two. */
export function termRange(q: string): { readonly from: string; readonly to: string } {
  const from = encodeName(foldTerm(q))
  return { from, to: `${from}\u{10ffff}` }
}

function flowsOf(groups: readonly Group[]): readonly string[] {
  return [...new Set(groups.map(({ flow }) => encodeName(flow)))]
}

/** Each flow, status and node once: versions and stages share them. */
function placesOf(groups: readonly Group[]): readonly Group[] {
  const places = groups.map(
    (group) => [JSON.stringify([group.flow, group.status, group.node]), group] as const,
  )
  return [...new Map(places).values()]
}

function findsOf(q: string, parameters: Parameters): string {
  const name = parameters.add(encodeName(q))
  const { from, to } = termRange(q)
  const byTerm =
    from === ''
      ? ''
      : `UNION SELECT execution FROM search_terms
        WHERE term >= ${parameters.add(from)} AND term < ${parameters.add(to)}`
  return `(SELECT id FROM executions WHERE id = ${name}
    UNION SELECT id FROM executions WHERE key = ${name} ${byTerm}) AS finds
    JOIN executions AS e ON e.id = finds.id`
}

/** Where a search has many finds, any stretch of the list has some: each row is asked. */
function foundCondition(q: string, parameters: Parameters): string {
  const name = parameters.add(encodeName(q))
  const { from, to } = termRange(q)
  // The sum with an empty text keeps the planner from going through all terms instead of the few of e.
  return `(e.id = ${name} OR e.key = ${name} OR EXISTS (
    SELECT 1 FROM search_terms AS s WHERE s.execution = e.id
      AND s.term || '' >= ${parameters.add(from)} AND s.term || '' < ${parameters.add(to)}))`
}

function conditionsOf(filter: ExecutionFilter, parameters: Parameters): string[] {
  const conditions: string[] = []
  const compare = (sql: string, value: unknown): void => {
    if (value !== undefined) conditions.push(`${sql} ${parameters.add(value)}`)
  }
  compare('e.flow =', encoded(filter.flow))
  compare('e.node =', encoded(filter.node))
  if (filter.status !== undefined) {
    conditions.push(`e.status = ANY (${parameters.add(filter.status)}::text[])`)
  }
  compare('e.version =', filter.version)
  compare('e.stage =', encoded(filter.stage))
  compare('e.key =', encoded(filter.key))
  compare('e.started_at >', filter.startedAfter)
  compare('e.started_at <', filter.startedBefore)
  compare('e.updated_at >', filter.updatedAfter)
  compare('e.updated_at <', filter.updatedBefore)
  // Said again for the index, which knows seconds only.
  compare('e.updated_second >=', secondOf(filter.updatedAfter))
  compare('e.updated_second <=', secondOf(filter.updatedBefore))
  if (filter.incident !== undefined) {
    conditions.push(filter.incident ? 'e.has_incident' : 'NOT e.has_incident')
  }
  return conditions
}

function encoded(name: string | undefined): string | undefined {
  return name === undefined ? undefined : encodeName(name)
}

function secondOf(time: number | undefined): number | undefined {
  return time === undefined ? undefined : Math.floor(time / 1000)
}
