import type { Statement } from './connections.ts'
import { encodeName } from './names.ts'

/** Locks executions one after another, in the order of their ids: that of everybody. */
export function lockExecutions(ids: Iterable<string>): Statement {
  return {
    name: 'lock executions',
    text: `SELECT 1 FROM unnest($1::text[]) AS wanted (id) CROSS JOIN LATERAL (
      SELECT 1 FROM executions WHERE executions.id = wanted.id FOR UPDATE) AS locked`,
    values: [[...new Set(ids)].toSorted().map(encodeName)],
  }
}
