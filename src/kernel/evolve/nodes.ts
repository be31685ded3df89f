import type { Execution } from '../model/execution.ts'
import type { JsonObject } from '../model/json.ts'
import type { FactOf } from './fact-of.ts'
import { withValues } from './merge.ts'

/** The first fact makes the execution; the node follows with the first `entered`. */
export function evolveStarted(fact: FactOf<'started'>): Execution {
  return {
    id: fact.id,
    flow: fact.flow,
    version: fact.version,
    kind: fact.flowKind,
    ...(fact.key === undefined ? {} : { key: fact.key }),
    status: 'running',
    node: '',
    input: fact.input,
    state: fact.state ?? fact.input,
    startedAt: fact.at,
    updatedAt: fact.at,
    revision: 1,
    visits: 0,
    visited: [],
    commandsIssued: 0,
    pending: [],
    timers: [],
    compensations: [],
    rolledBack: false,
    kept: [],
    notes: 0,
  }
}

/** Entering a node cancels the timers of the one before, ends a rollback and a pause. */
export function evolveEntered(execution: Execution, fact: FactOf<'entered'>): Execution {
  const { stage: _stage, rollback: _rollback, pausedFrom: _pausedFrom, ...rest } = execution
  return {
    ...rest,
    status: fact.status,
    node: fact.node,
    ...(fact.stage === undefined ? {} : { stage: fact.stage }),
    timers: fact.timers,
    visits: execution.visits + 1,
    visited: execution.visited.includes(fact.node)
      ? execution.visited
      : [...execution.visited, fact.node],
    rolledBack: execution.rolledBack || fact.by.kind === 'rollback',
  }
}

export function withValuesSet(execution: Execution, values: JsonObject): Execution {
  return { ...execution, state: withValues(execution.state, values) }
}
