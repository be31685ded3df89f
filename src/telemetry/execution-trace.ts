import { spanIdOf, traceIdOf } from '../channel/trace-context.ts'
import type { Timer } from '../kernel/model/execution.ts'
import type { Attributes, OpenSpan } from './span.ts'

/**
 * What is known of the trace of one execution: a fold of its first facts, as the execution itself is.
 * Whoever commits a fact emits the spans that the fact ends, so that each is emitted once.
 */
export interface ExecutionTrace {
  readonly executionId: string
  readonly traceId: string
  /** How many facts were folded. */
  revision: number
  /** On every span of the trace. */
  attributes: Attributes
  /** Absent before the first fact. */
  root: OpenSpan | undefined
  /** The root was emitted. What comes later, such as an operator's rollback, still belongs to it. */
  rootEnded: boolean
  readonly commandsById: Map<string, OpenSpan>
  timers: readonly OpenTimer[]
  rollback: OpenSpan | undefined
  compensation: OpenSpan | undefined
}

interface OpenTimer {
  readonly timer: Timer
  readonly setAt: number
  readonly node: string
}

export function createTrace(executionId: string): ExecutionTrace {
  return {
    executionId,
    traceId: traceIdOf(executionId),
    revision: 0,
    attributes: {},
    root: undefined,
    rootEnded: false,
    commandsById: new Map(),
    timers: [],
    rollback: undefined,
    compensation: undefined,
  }
}

/** Nothing is open any more. */
export function isComplete(trace: ExecutionTrace): boolean {
  return trace.rootEnded && trace.commandsById.size === 0 && trace.rollback === undefined
}

/** The id of a span that has no id of its own: the number of the fact that begins it. */
export function spanIdOfFact(trace: ExecutionTrace): string {
  return spanIdOf(`${trace.executionId}#${trace.revision}`)
}

export function rootSpanIdOf(trace: ExecutionTrace): string {
  return spanIdOf(trace.executionId)
}
