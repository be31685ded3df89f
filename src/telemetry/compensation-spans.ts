import { limits } from '../kernel/limits.ts'
import { type ExecutionTrace, rootSpanIdOf, spanIdOfFact } from './execution-trace.ts'
import type { FactOf } from '../kernel/evolve/fact-of.ts'
import { shorten } from './shorten.ts'
import { addEvent, endSpan, openSpan, type Span } from './span.ts'

export function startRollback(trace: ExecutionTrace, fact: FactOf<'rollback-started'>): void {
  trace.rollback = openSpan({
    name: 'rollback',
    kind: 'internal',
    spanId: spanIdOfFact(trace),
    parentSpanId: rootSpanIdOf(trace),
    startedAt: fact.at,
    attributes: {
      ...trace.attributes,
      'signalbox.cause': fact.by.kind,
      ...(fact.target === undefined ? {} : { 'signalbox.rollback.target': fact.target }),
    },
  })
}

/** A rollback ends with the node that follows it, or with the execution. */
export function endRollback(trace: ExecutionTrace, at: number): readonly Span[] {
  const { rollback } = trace
  if (rollback === undefined) return []
  const open = completeCompensation(trace, at, 'abandoned')
  trace.rollback = undefined
  return [...open, endSpan(rollback, trace.traceId, at)]
}

/** One span for all attempts of a compensation. */
export function startCompensation(
  trace: ExecutionTrace,
  fact: FactOf<'compensation-started'>,
): void {
  const { compensation } = trace
  if (compensation !== undefined) {
    delete compensation.error
    delete compensation.attributes['error.type']
    compensation.attributes['signalbox.compensation.attempts'] = fact.attempt
    return
  }
  trace.compensation = openSpan({
    name: `undo ${fact.node}`,
    kind: 'internal',
    spanId: spanIdOfFact(trace),
    parentSpanId: trace.rollback?.spanId ?? rootSpanIdOf(trace),
    startedAt: fact.at,
    attributes: {
      ...trace.attributes,
      'signalbox.node': fact.node,
      'signalbox.compensation.id': fact.id,
      'signalbox.compensation.attempts': fact.attempt,
    },
  })
}

export function failCompensation(trace: ExecutionTrace, fact: FactOf<'compensation-failed'>): void {
  const { compensation } = trace
  if (compensation === undefined) return
  const event = {
    name: 'exception',
    at: fact.at,
    attributes: {
      'exception.type': fact.code,
      'exception.message': shorten(fact.message),
      'signalbox.compensation.attempt': fact.attempt,
    },
  }
  addEvent(compensation, event, limits.traceEvents)
  compensation.error = shorten(fact.message)
  compensation.attributes['error.type'] = fact.code
}

export function completeCompensation(
  trace: ExecutionTrace,
  at: number,
  result: 'undone' | 'skipped' | 'abandoned',
): readonly Span[] {
  const { compensation } = trace
  if (compensation === undefined) return []
  trace.compensation = undefined
  if (result === 'undone') {
    delete compensation.error
    delete compensation.attributes['error.type']
  }
  compensation.attributes['signalbox.compensation.result'] = result
  return [endSpan(compensation, trace.traceId, at)]
}
