import type { ExecutionChange } from '../../engine/engine.ts'
import type { SummarySource } from '../wire/execution-view.ts'

/** A change as the ring keeps it: without the data of the execution, which may be large. */
export interface LiveChange {
  readonly execution: SummarySource
  readonly created: boolean
  readonly finished: boolean
  readonly incidentChanged: boolean
}

export interface NumberedChange {
  readonly number: number
  readonly change: LiveChange
}

/** The latest changes, numbered from 1; older ones are forgotten. */
export interface ChangeRing {
  add(change: LiveChange): void
  /** The number of the latest change; 0 before the first. */
  last(): number
  /**
   * What changed after the change with this number: one entry per execution, its latest, in order.
   * Undefined when some of it is forgotten, or the number is of the future.
   */
  since(number: number): readonly NumberedChange[] | undefined
  all(): readonly NumberedChange[]
}

/** Copies what is told of a change. It runs at every commit; what can wait (times in words) does. */
export function noteOf(change: ExecutionChange): LiveChange {
  const { key, stage, outcome, finishedAt, incident } = change.execution
  return {
    execution: {
      id: change.execution.id,
      flow: change.execution.flow,
      version: change.execution.version,
      kind: change.execution.kind,
      ...(key === undefined ? {} : { key }),
      status: change.execution.status,
      node: change.execution.node,
      ...(stage === undefined ? {} : { stage }),
      ...(outcome === undefined ? {} : { outcome }),
      startedAt: change.execution.startedAt,
      updatedAt: change.execution.updatedAt,
      ...(finishedAt === undefined ? {} : { finishedAt }),
      ...(incident === undefined ? {} : { incident }),
      revision: change.execution.revision,
    },
    created: change.created,
    finished: change.finished,
    incidentChanged: change.incidentChanged,
  }
}

export function createChangeRing(size: number): ChangeRing {
  const changes: LiveChange[] = []
  let last = 0

  function latestAfter(number: number): readonly NumberedChange[] {
    const byExecution = new Map<string, NumberedChange>()
    for (let current = number + 1; current <= last; current += 1) {
      const change = changes[(current - 1) % size]
      if (change === undefined) continue
      const { id } = change.execution
      const before = byExecution.get(id)?.change
      // Deleting first moves it to the end: the order is that of the latest changes.
      byExecution.delete(id)
      byExecution.set(id, { number: current, change: joined(before, change) })
    }
    return [...byExecution.values()]
  }

  return {
    add: (change) => {
      changes[last % size] = change
      last += 1
    },
    last: () => last,
    since: (number) => (number > last || number < last - size ? undefined : latestAfter(number)),
    all: () => latestAfter(Math.max(0, last - size)),
  }
}

/** Two changes of one execution told as one: nothing that happened gets lost. */
function joined(before: LiveChange | undefined, change: LiveChange): LiveChange {
  if (before === undefined) return change
  return {
    execution: change.execution,
    created: before.created || change.created,
    finished: before.finished || change.finished,
    incidentChanged: before.incidentChanged || change.incidentChanged,
  }
}
