import type { ExecutionFilter } from '../store.ts'
import { foldTerm } from '../search-terms.ts'
import type { Stored } from './memory-executions.ts'

/** Makes the test that an execution must pass to be listed. */
export function filterOf(filter: ExecutionFilter): (stored: Stored) => boolean {
  const { q } = filter
  const prefix = q === undefined ? '' : foldTerm(q)
  const isFound = ({ execution, terms }: Stored): boolean =>
    q === undefined ||
    execution.id === q ||
    execution.key === q ||
    (prefix !== '' && terms.some((term) => term.startsWith(prefix)))
  return (stored) => {
    const { execution } = stored
    return (
      isSame(filter.flow, execution.flow) &&
      isSame(filter.version, execution.version) &&
      isSame(filter.node, execution.node) &&
      isSame(filter.stage, execution.stage) &&
      isSame(filter.key, execution.key) &&
      isSame(filter.incident, execution.incident !== undefined) &&
      (filter.status === undefined || filter.status.includes(execution.status)) &&
      isBetween(filter.startedAfter, execution.startedAt, filter.startedBefore) &&
      isBetween(filter.updatedAfter, execution.updatedAt, filter.updatedBefore) &&
      isFound(stored)
    )
  }
}

function isSame<Value>(wanted: Value | undefined, found: Value | undefined): boolean {
  return wanted === undefined || wanted === found
}

function isBetween(after: number | undefined, time: number, before: number | undefined): boolean {
  return (after === undefined || time > after) && (before === undefined || time < before)
}
