import type { Compensation, Execution } from '../../../kernel/model/execution.ts'

/** One state of the search: an execution, and what is known of the world around it. */
export interface SearchState {
  readonly execution: Execution
  /** Commands that were sent and not answered yet, as keys of senders. */
  readonly unanswered: ReadonlySet<string>
  /** Events that came in this visit of the node while no guard held: they do not come again. */
  readonly spent: ReadonlySet<string>
  /** Nodes whose activity was carried out and that have no undo. */
  readonly effects: ReadonlySet<string>
  /** Those of them after which a rollback has run. */
  readonly effectsRolledOver: ReadonlySet<string>
  /** The way here supposes that somewhere no guard holds, which the data may rule out. */
  readonly supposed: boolean
}

/**
 * What two states have in common that go on alike. Remembered compensations are no part of it, except
 * for the one that is under way: a rollback looks at one after the other. `marksOf` has them.
 */
export function kindOf(state: SearchState): string {
  const { execution } = state
  const { rollback } = execution
  return [
    // During a rollback it does not matter where it began.
    rollback === undefined ? execution.node : `rollback to ${rollback.target ?? ''}`,
    execution.status,
    execution.rolledBack,
    rollback?.current === undefined
      ? ''
      : `${rollback.current.id} ${rollback.current.attempt} ${rollback.current.accepted ?? ''}`,
    execution.pending.map(
      ({ node, command, exhausted }) => `${node} ${command} ${exhausted ?? ''}`,
    ),
    execution.timers.map(({ purpose }) =>
      purpose.kind === 'after' ? purpose.index : purpose.kind,
    ),
    execution.kept.map(({ event }) => event).toSorted(),
    [...state.unanswered].toSorted(),
    [...state.spent].toSorted(),
    state.supposed,
  ].join('|')
}

/**
 * What a state carries along and what is reported one by one, without influence on each other; only
 * the marks that are not known yet, since a state of a long flow has many.
 */
export function newMarksOf(
  state: SearchState,
  known: ReadonlyMap<string, unknown>,
): readonly string[] {
  const marks: string[] = []
  const add = (mark: string) => {
    if (!known.has(mark)) marks.push(mark)
  }
  for (const { id } of state.execution.compensations) add(id)
  for (const node of state.effects) add(effectMark(node))
  for (const node of state.effectsRolledOver) add(rolledOverMark(node))
  return marks
}

export function undoMark({ node, outcome }: Pick<Compensation, 'node' | 'outcome'>): string {
  return `${node} ${outcome}`
}

export function effectMark(node: string): string {
  return `${node} effect`
}

export function rolledOverMark(node: string): string {
  return `${node} rolled over`
}

/**
 * Forgets compensations that are done, and those of earlier visits of a node: a rollback would only
 * do the same again. Their ids become their marks, so that two states can be joined.
 */
export function withoutRepeats(execution: Execution, before?: Execution): Execution {
  if (execution.compensations === before?.compensations) return execution
  const latest = new Map<string, Compensation>()
  for (const compensation of execution.compensations) {
    if (compensation.status !== 'remembered') continue
    const id = undoMark(compensation)
    // Deleted first, so that the order is that of the latest visits.
    latest.delete(id)
    latest.set(id, { ...compensation, id })
  }
  const compensations = [...latest.values()]
  const { rollback } = execution
  const current = execution.compensations.find(({ id }) => id === rollback?.current?.id)
  if (rollback?.current === undefined || current === undefined) {
    return { ...execution, compensations }
  }
  return {
    ...execution,
    compensations,
    rollback: { ...rollback, current: { ...rollback.current, id: undoMark(current) } },
  }
}

/** A state that stands for two of one kind: it carries the marks of both. */
export function joined(state: SearchState, other: SearchState): SearchState {
  const known = new Set(state.execution.compensations.map(({ id }) => id))
  const more = other.execution.compensations.filter(({ id }) => !known.has(id))
  return {
    ...state,
    // What is under way stays the latest, as the kernel takes the latest first.
    execution: {
      ...state.execution,
      compensations: [...more, ...state.execution.compensations],
    },
    effects: new Set([...state.effects, ...other.effects]),
    effectsRolledOver: new Set([...state.effectsRolledOver, ...other.effectsRolledOver]),
  }
}
