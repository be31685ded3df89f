import type { SQLInputValue } from 'node:sqlite'
import type { ExecutionFilter, ExecutionQuery } from '../store.ts'

/** A piece of SQL with the values of its question marks. */
export interface Clause {
  readonly sql: string
  readonly parameters: readonly SQLInputValue[]
}

export interface Plan {
  readonly from: Clause
  readonly clauses: readonly Clause[]
}

/** What is known of the stored executions before any of them is read. */
export interface Knowledge {
  /** How many match the filter's flow, status and node, and the flows they belong to. */
  readonly matching: { readonly count: number; readonly flows: readonly string[] }
  /** How many search terms lie in a range, counted up to `limit`. */
  readonly countTerms: (from: string, to: string, limit: number) => number
  readonly foldTerm: (term: string) => string
}

/** So many rows are read and sorted in some milliseconds. */
const sortedRowsMax = 10_000

/**
 * Chooses how executions that match a filter are found. The choice is made here and not by SQLite,
 * which knows nothing of how often a value occurs; each plan names its index.
 */
export function planOf(
  filter: ExecutionFilter,
  sort: ExecutionQuery['sort'],
  knowledge: Knowledge,
): Plan | 'nothing' {
  const { matching } = knowledge
  if (matching.count === 0) return 'nothing'
  const [onlyFlow] = matching.flows
  const flow = filter.flow ?? (matching.flows.length === 1 ? onlyFlow : undefined)
  const narrowed = flow === undefined ? filter : { ...filter, flow }
  const clauses = filterClauses(narrowed)
  if (filter.q !== undefined) return planOfSearch(narrowed, filter.q, sort, clauses, knowledge)
  const index = indexOf(narrowed, sort, matching)
  const spread =
    index === 'executions_by_status' && flow === undefined
      ? [oneOf('executions.flow', matching.flows)]
      : []
  return {
    from: { sql: `executions INDEXED BY ${index}`, parameters: [] },
    clauses: [...spread, ...clauses],
  }
}

function indexOf(
  filter: ExecutionFilter,
  sort: ExecutionQuery['sort'],
  matching: Knowledge['matching'],
): string {
  const byStart = sort.endsWith('startedAt')
  const few = matching.count <= sortedRowsMax
  if (filter.key !== undefined) return 'executions_by_key'
  if (filter.incident === true) return 'executions_by_incident'
  if (filter.flow !== undefined) {
    if (filter.node !== undefined && (byStart || few)) return 'executions_by_node'
    if (filter.status !== undefined && ((byStart && filter.status.length === 1) || few)) {
      return 'executions_by_status'
    }
    return byStart ? 'executions_by_flow_start' : 'executions_by_flow_update'
  }
  if (filter.status !== undefined && few) return 'executions_by_status'
  return byStart ? 'executions_by_start' : 'executions_by_update'
}

/** Few finds are read and sorted; where there are many, any stretch of the list has some. */
function planOfSearch(
  filter: ExecutionFilter,
  q: string,
  sort: ExecutionQuery['sort'],
  clauses: readonly Clause[],
  knowledge: Knowledge,
): Plan {
  const from = knowledge.foldTerm(q)
  const to = `${from}\u{10ffff}`
  if (from === '' || knowledge.countTerms(from, to, sortedRowsMax + 1) <= sortedRowsMax) {
    const terms =
      from === '' ? '' : 'UNION SELECT execution FROM search_terms WHERE term >= ? AND term < ?'
    return {
      from: {
        sql: `(SELECT number FROM executions WHERE id = ?
          UNION SELECT number FROM executions WHERE key = ? ${terms}) AS found
          CROSS JOIN executions ON executions.number = found.number`,
        parameters: from === '' ? [q, q] : [q, q, from, to],
      },
      clauses,
    }
  }
  const byStart = sort.endsWith('startedAt') ? 'start' : 'update'
  const index =
    filter.flow === undefined ? `executions_by_${byStart}` : `executions_by_flow_${byStart}`
  const found: Clause = {
    sql: `(id = ? OR key = ? OR EXISTS (SELECT 1 FROM search_terms
      WHERE execution = executions.number AND term >= ? AND term < ?))`,
    parameters: [q, q, from, to],
  }
  return {
    from: { sql: `executions INDEXED BY ${index}`, parameters: [] },
    clauses: [...clauses, found],
  }
}

function filterClauses(filter: ExecutionFilter): readonly Clause[] {
  const clauses: Clause[] = []
  const compare = (sql: string, value: SQLInputValue | undefined): void => {
    if (value !== undefined) clauses.push({ sql, parameters: [value] })
  }
  compare('executions.flow = ?', filter.flow)
  compare('node = ?', filter.node)
  if (filter.status !== undefined) clauses.push(oneOf('status', filter.status))
  compare('version = ?', filter.version)
  compare('stage = ?', filter.stage)
  compare('key = ?', filter.key)
  compare('started_at > ?', filter.startedAfter)
  compare('started_at < ?', filter.startedBefore)
  compare('updated_at > ?', filter.updatedAfter)
  compare('updated_at < ?', filter.updatedBefore)
  // Said again for the index, which knows seconds only.
  compare('updated_second >= ?', secondOf(filter.updatedAfter))
  compare('updated_second <= ?', secondOf(filter.updatedBefore))
  if (filter.incident !== undefined) {
    const sql = filter.incident ? 'has_incident IS NOT NULL' : 'has_incident IS NULL'
    clauses.push({ sql, parameters: [] })
  }
  return clauses
}

function secondOf(time: number | undefined): number | undefined {
  return time === undefined ? undefined : Math.floor(time / 1000)
}

function oneOf(column: string, values: readonly string[]): Clause {
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, parameters: values }
}
