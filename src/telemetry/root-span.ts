import { parseTraceparent } from '../channel/trace-context.ts'
import { type ExecutionTrace, rootSpanIdOf } from './execution-trace.ts'
import type { FactOf } from '../kernel/evolve/fact-of.ts'
import { shorten } from './shorten.ts'
import { endSpan, openSpan, type Span } from './span.ts'

/** The execution itself. Whoever started it within a trace of theirs is linked. */
export function startRoot(trace: ExecutionTrace, fact: FactOf<'started'>): void {
  trace.attributes = {
    'signalbox.flow.id': fact.flow,
    'signalbox.flow.version': fact.version,
    'signalbox.execution.id': fact.id,
    ...(fact.key === undefined ? {} : { 'signalbox.execution.key': fact.key }),
  }
  const link = fact.traceparent === undefined ? undefined : parseTraceparent(fact.traceparent)
  trace.root = openSpan({
    name: fact.flow,
    kind: 'internal',
    spanId: rootSpanIdOf(trace),
    startedAt: fact.at,
    attributes: { ...trace.attributes, 'signalbox.flow.kind': fact.flowKind },
    ...(link === undefined ? {} : { link }),
  })
}

/** Emitted once, at the first end: what ended with failure, or had to be undone, is an error. */
export function endRoot(trace: ExecutionTrace, fact: FactOf<'finished'>): readonly Span[] {
  const { root } = trace
  if (root === undefined || trace.rootEnded) return []
  trace.rootEnded = true
  root.attributes['signalbox.status'] = fact.status
  if (fact.outcome?.code !== undefined) {
    root.attributes['signalbox.outcome.code'] = fact.outcome.code
  }
  if (fact.status === 'failed' || fact.status === 'rolled-back') {
    root.error = shorten(fact.outcome?.message ?? fact.status)
    root.attributes['error.type'] = fact.outcome?.code ?? fact.status
  }
  const span = endSpan(root, trace.traceId, fact.at)
  // It is not added to any more; its events need no memory.
  trace.root = undefined
  return [span]
}
