import type { Compensation, Execution } from '../model/execution.ts'
import type { FactOf } from './fact-of.ts'

export function evolveCompensationRemembered(
  execution: Execution,
  fact: FactOf<'compensation-remembered'>,
): Execution {
  const compensation: Compensation = {
    id: fact.id,
    node: fact.node,
    outcome: fact.outcome,
    ...(fact.data === undefined ? {} : { data: fact.data }),
    status: 'remembered',
  }
  return {
    ...execution,
    compensations: [...execution.compensations, compensation],
    rolledBack: false,
  }
}

/** The node's timers no longer count. A finished execution is unfinished again. */
export function evolveRollbackStarted(
  execution: Execution,
  fact: FactOf<'rollback-started'>,
): Execution {
  const { finishedAt: _finishedAt, output: _output, pausedFrom: _pausedFrom, ...rest } = execution
  return {
    ...rest,
    status: 'compensating',
    timers: [],
    rollback: {
      ...(fact.target === undefined ? {} : { target: fact.target }),
      cause: fact.by,
    },
  }
}

export function evolveCompensationStarted(
  execution: Execution,
  fact: FactOf<'compensation-started'>,
): Execution {
  const { rollback } = execution
  if (rollback === undefined) return execution
  return {
    ...execution,
    timers: fact.timers,
    rollback: {
      ...rollback,
      current: { id: fact.id, attempt: fact.attempt, commandId: fact.commandId },
    },
    compensations:
      fact.data === undefined
        ? execution.compensations
        : execution.compensations.map((compensation) =>
            compensation.id === fact.id && fact.data !== undefined
              ? { ...compensation, data: fact.data }
              : compensation,
          ),
  }
}

export function evolveCompensationFailed(
  execution: Execution,
  fact: FactOf<'compensation-failed'>,
): Execution {
  const { rollback } = execution
  if (rollback?.current === undefined) return execution
  return {
    ...execution,
    timers: fact.retry === undefined ? [] : [fact.retry],
    rollback: { ...rollback, current: { ...rollback.current, failed: true } },
  }
}

export function withCompensationEnded(
  execution: Execution,
  id: string,
  status: 'undone' | 'skipped',
): Execution {
  const { rollback } = execution
  if (rollback === undefined) return execution
  const { current: _current, ...rest } = rollback
  return {
    ...execution,
    timers: [],
    rollback: rest,
    compensations: execution.compensations.map((compensation) =>
      compensation.id === id ? { ...compensation, status } : compensation,
    ),
  }
}
