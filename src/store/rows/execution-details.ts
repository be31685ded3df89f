import type { Execution, Status } from '../../kernel/model/execution.ts'
import type { FlowKind } from '../../kernel/model/flow.ts'
import type { JsonObject } from '../../kernel/model/json.ts'

/** Fields of an execution that have a column of their own. */
type ColumnField =
  | 'id'
  | 'flow'
  | 'version'
  | 'kind'
  | 'key'
  | 'status'
  | 'node'
  | 'stage'
  | 'startedAt'
  | 'updatedAt'
  | 'finishedAt'
  | 'revision'
  | 'input'
  | 'state'

type Details = Omit<Execution, ColumnField>

/** A row of `executions`, as far as an execution is put together from it. */
export interface ExecutionRow {
  readonly number: number
  readonly id: string
  readonly flow: string
  readonly version: number
  readonly kind: FlowKind
  readonly key: string | null
  readonly status: Status
  readonly node: string
  readonly stage: string | null
  readonly started_at: number
  readonly updated_at: number
  readonly finished_at: number | null
  readonly revision: number
  readonly input: string | null
  readonly state: string
  readonly details: string
}

export const executionColumns = `number, id, flow, version, kind, key, status, node, stage,
  started_at, updated_at, finished_at, revision, input, state, details`

/** Most executions have few of the details: what is empty is left out, and written thus in no time. */
export function encodeDetails(execution: Execution): string {
  // The type makes sure that no field of an execution is forgotten here.
  const details: { readonly [Name in keyof Required<Details>]: Details[Name] | undefined } = {
    output: execution.output,
    outcome: execution.outcome,
    visits: execution.visits,
    visited: execution.visited,
    commandsIssued: execution.commandsIssued,
    pending: unlessEmpty(execution.pending),
    timers: unlessEmpty(execution.timers),
    compensations: unlessEmpty(execution.compensations),
    rollback: execution.rollback,
    rolledBack: execution.rolledBack || undefined,
    kept: unlessEmpty(execution.kept),
    incident: execution.incident,
    pausedFrom: execution.pausedFrom,
    notes: execution.notes || undefined,
    positions: execution.positions,
  }
  return JSON.stringify(details)
}

/** The execution of a row. */
export function executionOf(row: ExecutionRow, input: JsonObject): Execution {
  const details: Partial<Details> & Pick<Details, 'visits' | 'visited' | 'commandsIssued'> =
    JSON.parse(row.details)
  return {
    pending: [],
    timers: [],
    compensations: [],
    rolledBack: false,
    kept: [],
    notes: 0,
    ...details,
    id: row.id,
    flow: row.flow,
    version: row.version,
    kind: row.kind,
    status: row.status,
    node: row.node,
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    revision: row.revision,
    input,
    state: JSON.parse(row.state),
    ...(row.key === null ? {} : { key: row.key }),
    ...(row.stage === null ? {} : { stage: row.stage }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
  }
}

function unlessEmpty<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items
}
