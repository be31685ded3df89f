import { isFinished, type Status } from '../../kernel/model/execution.ts'
import type { ExecutionFilter, FlowCounts } from '../store.ts'
import type { Connections } from './connections.ts'
import { decodeName } from './names.ts'

/** Executions that are counted together. */
export interface Group {
  readonly flow: string
  readonly version: number
  readonly status: Status
  readonly node: string
  readonly stage: string
  readonly count: number
}

interface Row extends Group {
  readonly incidents: number
  readonly last_activity_at: number
}

/** Commits of this replica until it looks whether there are many rows to be summed up. */
const foldEveryCommits = 200

/** Reads what commits have appended: some rows per flow, however many executions there are. */
export class CountRows {
  readonly #connections: Connections
  #commits = 0
  #folding: Promise<void> | undefined

  constructor(connections: Connections) {
    this.#connections = connections
  }

  /** To be told of every commit; now and then it sums up, beside the commits that follow. */
  noteCommit(): void {
    this.#commits += 1
    if (this.#commits < foldEveryCommits || this.#folding !== undefined) return
    this.#commits = 0
    this.#folding = this.fold()
      // It is only late then: the next one sums up more.
      .catch(() => {})
      .finally(() => {
        this.#folding = undefined
      })
  }

  /** Replaces all rows that nobody else is replacing by their sums. */
  async fold(): Promise<void> {
    await this.#connections.write({
      name: 'fold counts',
      text: `WITH taken AS (
          DELETE FROM execution_counts WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM execution_counts FOR UPDATE SKIP LOCKED))
          RETURNING *)
        INSERT INTO execution_counts
          (flow, version, status, node, stage, count, incidents, last_activity_at)
        SELECT flow, version, status, node, stage, sum(count), sum(incidents),
          max(last_activity_at)
        FROM taken GROUP BY flow, version, status, node, stage`,
    })
  }

  /** Ends the summing up that is under way. */
  async settle(): Promise<void> {
    await this.#folding
  }

  async flowCounts(flow?: string): Promise<ReadonlyMap<string, FlowCounts>> {
    const counts = new Map<
      string,
      { byStatus: Partial<Record<Status, number>>; incidents: number; lastActivityAt: number }
    >()
    for (const row of await this.#rows()) {
      if (flow !== undefined && row.flow !== flow) continue
      const known = counts.get(row.flow) ?? { byStatus: {}, incidents: 0, lastActivityAt: 0 }
      known.incidents += row.incidents
      known.lastActivityAt = Math.max(known.lastActivityAt, row.last_activity_at)
      if (row.count > 0) {
        known.byStatus[row.status] = (known.byStatus[row.status] ?? 0) + row.count
      }
      counts.set(row.flow, known)
    }
    return counts
  }

  async nodeCounts(flow: string): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>()
    for (const row of await this.#rows()) {
      if (row.flow !== flow || isFinished(row) || row.count <= 0) continue
      counts.set(row.node, (counts.get(row.node) ?? 0) + row.count)
    }
    return counts
  }

  /** The groups that fit a filter, as far as it asks for what groups have in common. */
  async groups(filter: ExecutionFilter): Promise<readonly Group[]> {
    const { flow, version, status, node, stage } = filter
    return (await this.#rows()).filter(
      (row) =>
        row.count > 0 &&
        (flow === undefined || row.flow === flow) &&
        (version === undefined || row.version === version) &&
        (status === undefined || status.includes(row.status)) &&
        (node === undefined || row.node === node) &&
        (stage === undefined || row.stage === stage),
    )
  }

  async #rows(): Promise<readonly Row[]> {
    const rows = await this.#connections.read<Row>({
      name: 'read counts',
      text: `SELECT flow, version, status, node, stage, sum(count)::bigint AS count,
          sum(incidents)::bigint AS incidents, max(last_activity_at) AS last_activity_at
        FROM execution_counts GROUP BY flow, version, status, node, stage`,
    })
    return rows.map((row) => ({
      ...row,
      flow: decodeName(row.flow),
      node: decodeName(row.node),
      stage: decodeName(row.stage),
    }))
  }
}

/** The number of executions that match, when the filter asks for what groups have in common only. */
export function countOf(filter: ExecutionFilter, groups: readonly Group[]): number | undefined {
  const { flow: _1, version: _2, status: _3, node: _4, stage: _5, ...rest } = filter
  const asksForMore = Object.values(rest).some((value) => value !== undefined)
  return asksForMore ? undefined : groups.reduce((sum, { count }) => sum + count, 0)
}
