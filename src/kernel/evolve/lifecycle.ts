import { type Execution, isFinished } from '../model/execution.ts'
import type { FactOf } from './fact-of.ts'

/** A finished execution keeps its status: what it ended with stays true. */
export function evolveIncidentRaised(
  execution: Execution,
  fact: FactOf<'incident-raised'>,
): Execution {
  return {
    ...execution,
    incident: fact.incident,
    status: isFinished(execution) ? execution.status : 'incident',
  }
}

export function evolveIncidentResolved(
  execution: Execution,
  fact: FactOf<'incident-resolved'>,
): Execution {
  const { incident: _incident, ...rest } = execution
  return { ...rest, status: fact.status }
}

export function evolveFinished(execution: Execution, fact: FactOf<'finished'>): Execution {
  const { rollback: _rollback, pausedFrom: _pausedFrom, incident: _incident, ...rest } = execution
  return {
    ...rest,
    status: fact.status,
    finishedAt: fact.at,
    timers: [],
    kept: [],
    rolledBack: execution.rolledBack || fact.status === 'rolled-back',
    ...(fact.outcome === undefined ? {} : { outcome: fact.outcome }),
    ...(fact.output === undefined ? {} : { output: fact.output }),
  }
}
