import type { Timer } from '../kernel/model/execution.ts'
import { type ExecutionTrace, rootSpanIdOf, spanIdOfFact } from './execution-trace.ts'
import type { FactOf } from '../kernel/evolve/fact-of.ts'
import { endSpan, openSpan, type Span } from './span.ts'

/** Timers replace those before. One that is cancelled leaves no span: it did nothing. */
export function setTimers(
  trace: ExecutionTrace,
  timers: readonly Timer[],
  fact: FactOf<'entered' | 'compensation-started' | 'compensation-failed'>,
): void {
  const node = fact.kind === 'compensation-failed' ? undefined : fact.node
  trace.timers = timers.map((timer) => ({
    timer,
    setAt: fact.at,
    node: node ?? nodeOfCompensation(trace),
  }))
}

function nodeOfCompensation(trace: ExecutionTrace): string {
  return String(trace.compensation?.attributes['signalbox.node'] ?? '')
}

export function fireTimer(trace: ExecutionTrace, fact: FactOf<'timer-fired'>): readonly Span[] {
  const open = trace.timers.find(({ timer }) => timer.id === fact.id)
  if (open === undefined) return []
  trace.timers = trace.timers.filter((each) => each !== open)
  const { timer, setAt, node } = open
  const parent = timer.purpose.kind === 'after' ? undefined : trace.compensation
  const span = openSpan({
    name: `timer ${timer.purpose.kind}`,
    kind: 'internal',
    spanId: spanIdOfFact(trace),
    parentSpanId: parent?.spanId ?? rootSpanIdOf(trace),
    startedAt: setAt,
    attributes: {
      ...trace.attributes,
      'signalbox.node': node,
      'signalbox.timer.id': timer.id,
      'signalbox.timer.late_ms': fact.at - timer.at,
    },
  })
  return [endSpan(span, trace.traceId, fact.at)]
}
