import type { Execution } from '../../../kernel/model/execution.ts'

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
  readonly before?: SearchState
  /** What happened since the state before, as lines of a trace. */
  readonly moves: readonly string[]
}

/** The lines of the trace that leads to a state. */
export function traceOf(state: SearchState): readonly string[] {
  const steps: (readonly string[])[] = []
  for (let at: SearchState | undefined = state; at !== undefined; at = at.before)
    steps.push(at.moves)
  return steps.toReversed().flat()
}

/**
 * What two states have in common that go on alike. Of the remembered compensations only the latest
 * is part of it, since a rollback looks at one after the other; `marksOf` has the others.
 */
export function kindOf(state: SearchState): string {
  const { execution } = state
  const { rollback } = execution
  const latest = execution.compensations.findLast(({ status }) => status === 'remembered')
  const current = execution.compensations.find(({ id }) => id === rollback?.current?.id)
  return [
    // During a rollback it does not matter where it began.
    rollback === undefined ? execution.node : `rollback to ${rollback.target ?? ''}`,
    execution.status,
    execution.rolledBack,
    latest === undefined ? '' : `${latest.node} ${latest.outcome}`,
    rollback?.current === undefined
      ? ''
      : `${current?.node} ${rollback.current.attempt} ${rollback.current.accepted ?? ''}`,
    execution.pending.map(
      ({ node, command, exhausted }) => `${node} ${command} ${exhausted ?? ''}`,
    ),
    execution.timers.map(({ purpose }) =>
      purpose.kind === 'after' ? purpose.index : purpose.kind,
    ),
    execution.kept.map(({ event }) => event),
    [...state.unanswered].toSorted(),
    [...state.spent].toSorted(),
    state.supposed,
  ].join('|')
}

/** What a state carries along and reports one by one, without any influence on each other. */
export function marksOf(state: SearchState): readonly string[] {
  const marks: string[] = []
  for (const { node, outcome, status } of state.execution.compensations) {
    if (status === 'remembered') marks.push(`undo ${node} ${outcome}`)
  }
  for (const node of state.effects) marks.push(`effect ${node}`)
  for (const node of state.effectsRolledOver) marks.push(`rolled over ${node}`)
  return marks
}
