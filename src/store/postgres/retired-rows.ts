import { type Execution, finalStatuses } from '../../kernel/model/execution.ts'
import type { Connections } from './connections.ts'
import { type FullRow, fromRow, fullColumns } from './execution-reader.ts'
import { lockExecutions } from './lock-executions.ts'
import { decodeName, encodeName } from './names.ts'

/** Finds executions that ended long ago, and deletes them. */
export class RetiredRows {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async readFinishedBefore(time: number, limit: number): Promise<readonly Execution[]> {
    const rows = await this.#connections.read<FullRow>({
      text: `SELECT ${fullColumns} FROM executions AS e
        WHERE e.finished_at < $1 AND e.status = ANY ($3::text[])
        ORDER BY e.finished_at, e.number LIMIT $2`,
      values: [time, Math.max(0, limit), finalStatuses],
    })
    return rows.map(fromRow)
  }

  /** Rows are locked first, and looked at then: nobody writes to one that is being deleted. */
  async delete(ids: readonly string[]): Promise<readonly string[]> {
    if (ids.length === 0) return []
    const wanted = [...new Set(ids)]
    const deleted = await this.#connections.transaction(async (session) => {
      await session.run(lockExecutions(wanted))
      const { rows } = await session.run<{ id: string }>({
        name: 'delete executions',
        text: deleteText,
        values: [wanted.map(encodeName), finalStatuses],
      })
      return new Set(rows.map(({ id }) => decodeName(id)))
    })
    return wanted.filter((id) => deleted.has(id))
  }
}

const deleteText = `WITH gone AS (
    DELETE FROM executions AS e
    WHERE e.id = ANY ($1::text[]) AND e.status = ANY ($2::text[])
      AND NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.execution = e.number)
    RETURNING e.*),
  facts AS (DELETE FROM journal USING gone WHERE journal.execution = gone.number),
  answers AS (DELETE FROM inbox USING gone WHERE inbox.execution = gone.number),
  taken AS (DELETE FROM withdrawn USING gone WHERE withdrawn.execution = gone.number),
  terms AS (DELETE FROM search_terms AS s USING gone WHERE s.execution = gone.id),
  counted AS (
    INSERT INTO execution_counts
      (flow, version, status, node, stage, count, incidents, last_activity_at)
    SELECT flow, version, status, node, coalesce(stage, ''), -count(*),
      -sum(has_incident::int), max(updated_at)
    FROM gone GROUP BY flow, version, status, node, stage)
  SELECT id FROM gone`
