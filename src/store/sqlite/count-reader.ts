import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { isFinished, type Status } from '../../kernel/model/execution.ts'
import type { ExecutionFilter, FlowCounts } from '../store.ts'
import { rowsOf } from './connection.ts'
import type { Group } from './listing-plan.ts'

interface ActivityRow {
  readonly flow: string
  readonly incidents: number
  readonly last_activity_at: number
}

/** Reads what `Counts` has written: some rows per flow, however many executions there are. */
export class CountReader {
  readonly #selectCounts: StatementSync
  readonly #selectActivity: StatementSync

  constructor(database: DatabaseSync) {
    this.#selectCounts = database.prepare(
      'SELECT flow, version, status, node, stage, count FROM execution_counts WHERE count > 0',
    )
    this.#selectActivity = database.prepare(
      'SELECT flow, incidents, last_activity_at FROM flow_activity',
    )
  }

  flowCounts(flow?: string): ReadonlyMap<string, FlowCounts> {
    const counts = new Map<string, FlowCounts & { byStatus: Partial<Record<Status, number>> }>()
    for (const row of rowsOf<ActivityRow>(this.#selectActivity)) {
      if (flow !== undefined && row.flow !== flow) continue
      const { incidents, last_activity_at: lastActivityAt } = row
      counts.set(row.flow, { byStatus: {}, incidents, lastActivityAt })
    }
    for (const row of this.#rows()) {
      const byStatus = counts.get(row.flow)?.byStatus
      if (byStatus !== undefined) byStatus[row.status] = (byStatus[row.status] ?? 0) + row.count
    }
    return counts
  }

  nodeCounts(flow: string): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const row of this.#rows()) {
      if (row.flow !== flow || isFinished(row)) continue
      counts.set(row.node, (counts.get(row.node) ?? 0) + row.count)
    }
    return counts
  }

  /** The groups that fit a filter, as far as it asks for what groups have in common. */
  groups({ flow, version, status, node, stage }: ExecutionFilter): readonly Group[] {
    return this.#rows().filter(
      (row) =>
        (flow === undefined || row.flow === flow) &&
        (version === undefined || row.version === version) &&
        (status === undefined || status.includes(row.status)) &&
        (node === undefined || row.node === node) &&
        (stage === undefined || row.stage === stage),
    )
  }

  /** The number of executions that match, when the filter asks for nothing else. */
  countOf(filter: ExecutionFilter): number | undefined {
    const { flow: _1, version: _2, status: _3, node: _4, stage: _5, ...rest } = filter
    const others = Object.values(rest).some((value) => value !== undefined)
    return others ? undefined : this.groups(filter).reduce((sum, { count }) => sum + count, 0)
  }

  #rows(): Group[] {
    return rowsOf<Group>(this.#selectCounts)
  }
}
