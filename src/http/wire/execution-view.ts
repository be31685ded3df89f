import type { Compensation, Execution, Incident } from '../../kernel/model/execution.ts'
import type { Flow } from '../../kernel/model/flow.ts'
import type { Json } from '../../kernel/model/json.ts'
import { waitingFor } from '../../kernel/index.ts'
import { maskSecrets } from './secrets.ts'
import { toIso } from './time.ts'
import { type WaitingForView, waitingForView } from './waiting-view.ts'

/** An execution in lists and live events: everything but its data. */
export interface ExecutionSummary {
  readonly id: string
  readonly flow: string
  readonly version: number
  readonly kind: Execution['kind']
  readonly key?: string
  readonly status: Execution['status']
  readonly node: string
  readonly stage?: string
  readonly outcome?: Execution['outcome']
  readonly startedAt: string
  readonly updatedAt: string
  readonly finishedAt?: string
  readonly incident?: IncidentView
  readonly revision: number
}

/** An execution as `GET /api/executions/:id` shows it. */
export interface ExecutionView extends ExecutionSummary {
  readonly state: Json
  readonly output?: Json
  readonly waitingFor: readonly WaitingForView[]
  readonly compensations: readonly CompensationView[]
  /** The execution that started this one. */
  readonly parent?: string
  readonly children: readonly string[]
}

export type IncidentView = Omit<Incident, 'at'> & { readonly at: string }

export type CompensationView = Omit<Compensation, 'status'> & {
  readonly status: Compensation['status'] | 'running'
  /** The attempt under way. */
  readonly attempt?: number
}

export function executionView(flow: Flow, execution: Execution): ExecutionView {
  return {
    ...executionSummary(execution),
    state: maskSecrets(execution.state, flow.secrets),
    ...(execution.output === undefined
      ? {}
      : { output: maskSecrets(execution.output, flow.secrets) }),
    waitingFor: waitingFor(flow, execution).map(waitingForView),
    compensations: execution.compensations.map((compensation) =>
      compensationView(flow, execution, compensation),
    ),
    children: [],
  }
}

/** The part of an execution that a summary is made of. */
export type SummarySource = Pick<
  Execution,
  | 'id'
  | 'flow'
  | 'version'
  | 'kind'
  | 'key'
  | 'status'
  | 'node'
  | 'stage'
  | 'outcome'
  | 'startedAt'
  | 'updatedAt'
  | 'finishedAt'
  | 'incident'
  | 'revision'
>

export function executionSummary(execution: SummarySource): ExecutionSummary {
  const { key, stage, outcome, finishedAt, incident } = execution
  return {
    id: execution.id,
    flow: execution.flow,
    version: execution.version,
    kind: execution.kind,
    ...(key === undefined ? {} : { key }),
    status: execution.status,
    node: execution.node,
    ...(stage === undefined ? {} : { stage }),
    ...(outcome === undefined ? {} : { outcome }),
    startedAt: toIso(execution.startedAt),
    updatedAt: toIso(execution.updatedAt),
    ...(finishedAt === undefined ? {} : { finishedAt: toIso(finishedAt) }),
    ...(incident === undefined ? {} : { incident: { ...incident, at: toIso(incident.at) } }),
    revision: execution.revision,
  }
}

function compensationView(
  flow: Flow,
  execution: Execution,
  compensation: Compensation,
): CompensationView {
  const current = execution.rollback?.current
  const { data, ...rest } = compensation
  return {
    ...rest,
    ...(data === undefined ? {} : { data: maskSecrets(data, flow.secrets) }),
    ...(current?.id === compensation.id ? { status: 'running', attempt: current.attempt } : {}),
  }
}
