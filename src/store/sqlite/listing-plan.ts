import type { SQLInputValue } from 'node:sqlite'
import { isFinished, type Status } from '../../kernel/model/execution.ts'
import { foldTerm } from '../search-terms.ts'
import type { ExecutionFilter, ExecutionQuery } from '../store.ts'

/** A piece of SQL with the values of its question marks. */
export interface Clause {
  readonly sql: string
  readonly parameters: readonly SQLInputValue[]
}

/** One query; its finds are all of those wanted, or a part that no other branch has. */
export interface Branch {
  readonly from: Clause
  readonly clauses: readonly Clause[]
}

/** Executions that are counted together. */
export interface Group {
  readonly flow: string
  readonly version: number
  readonly status: Status
  readonly node: string
  readonly stage: string
  readonly count: number
}

/** What is known of the stored executions before any of them is read. */
export interface Knowledge {
  /** The groups that fit the filter; what it finds is in one of them. */
  readonly groups: readonly Group[]
  /** How many search terms lie in a range, counted up to `limit`. */
  readonly countTerms: (from: string, to: string, limit: number) => number
}

/** So many rows are read and sorted in some milliseconds. */
const sortedRowsMax = 10_000

/**
 * Chooses how executions that match a filter are found. The choice is made here and not by SQLite,
 * which knows nothing of how often a value occurs; each branch names its index.
 */
export function branchesOf(
  filter: ExecutionFilter,
  sort: ExecutionQuery['sort'],
  knowledge: Knowledge,
): readonly Branch[] {
  if (knowledge.groups.length === 0) return []
  const clauses = filterClauses(filter)
  if (filter.q !== undefined) {
    const finds = branchOfFewFinds(filter.q, clauses, knowledge)
    if (finds !== undefined) return [finds]
    clauses.push(foundClause(filter.q))
  }
  if (filter.key !== undefined) return [branch('executions_by_key', clauses)]
  const flows = [...new Set(knowledge.groups.map(({ flow }) => flow))]
  return flows.flatMap((flow) => branchesOfFlow(flow, filter, sort, clauses, knowledge.groups))
}

function branchesOfFlow(
  flow: string,
  filter: ExecutionFilter,
  sort: ExecutionQuery['sort'],
  clauses: readonly Clause[],
  allGroups: readonly Group[],
): readonly Branch[] {
  const inFlow = [equal('flow', flow), ...clauses]
  if (filter.incident === true) return [branch('executions_by_incident', inFlow)]
  const groups = allGroups.filter((group) => group.flow === flow)
  const isNarrow = [filter.status, filter.node, filter.stage, filter.version].some(
    (value) => value !== undefined,
  )
  const few = groups.reduce((sum, { count }) => sum + count, 0) <= sortedRowsMax
  if (sort.endsWith('updatedAt') && !(isNarrow && few)) {
    return [branch('executions_by_update', inFlow)]
  }
  const open = groups.filter(({ status }) => !isFinished({ status }))
  const byOpenNode = filter.node !== undefined && open.length > 0
  const statuses = new Set(
    (byOpenNode ? groups.filter((group) => !open.includes(group)) : groups).map(
      ({ status }) => status,
    ),
  )
  return [
    ...(byOpenNode
      ? [
          branch('executions_by_open_node', [
            ...inFlow,
            { sql: 'finished_at IS NULL', parameters: [] },
          ]),
        ]
      : []),
    ...[...statuses].map((status) =>
      branch('executions_by_status', [...inFlow, equal('status', status)]),
    ),
  ]
}

/** Few finds of a search are read and sorted. */
function branchOfFewFinds(
  q: string,
  clauses: readonly Clause[],
  { countTerms }: Knowledge,
): Branch | undefined {
  const { from, to } = termRange(q)
  const isEmpty = from === ''
  if (!isEmpty && countTerms(from, to, sortedRowsMax + 1) > sortedRowsMax) return undefined
  const byTerm = 'UNION SELECT execution FROM search_terms WHERE term >= ? AND term < ?'
  return {
    from: {
      sql: `(SELECT number AS found FROM executions WHERE id = ?
        UNION SELECT number FROM executions WHERE key = ? ${isEmpty ? '' : byTerm})
        CROSS JOIN executions ON number = found`,
      parameters: isEmpty ? [q, q] : [q, q, from, to],
    },
    clauses,
  }
}

/** Where a search has many finds, any stretch of the list has some: each row is asked. */
function foundClause(q: string): Clause {
  const { from, to } = termRange(q)
  return {
    sql: `(id = ? OR key = ? OR EXISTS (SELECT 1 FROM search_terms
      WHERE execution = number AND term >= ? AND term < ?))`,
    parameters: [q, q, from, to],
  }
}

function termRange(q: string): { readonly from: string; readonly to: string } {
  const from = foldTerm(q)
  return { from, to: `${from}\u{10ffff}` }
}

function filterClauses(filter: ExecutionFilter): Clause[] {
  const clauses: Clause[] = []
  const compare = (sql: string, value: SQLInputValue | undefined): void => {
    if (value !== undefined) clauses.push({ sql, parameters: [value] })
  }
  compare('flow = ?', filter.flow)
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

function branch(index: string, clauses: readonly Clause[]): Branch {
  return { from: { sql: `executions INDEXED BY ${index}`, parameters: [] }, clauses }
}

function equal(column: string, value: string): Clause {
  return { sql: `${column} = ?`, parameters: [value] }
}

function secondOf(time: number | undefined): number | undefined {
  return time === undefined ? undefined : Math.floor(time / 1000)
}

function oneOf(column: string, values: readonly string[]): Clause {
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, parameters: values }
}
