import { Counter, Gauge, type Registry } from 'prom-client'

/** What became of the traces of this process. */
export interface TraceCounts {
  readonly spansSent: number
  readonly spansDropped: number
  readonly spansWaiting: number
  readonly changesLeftOut: number
}

/** Whether traces arrive: those that do not are lost, and nothing else is. */
export function reportTraces(registry: Registry, counts: () => TraceCounts): void {
  const counter = (name: string, help: string, count: (now: TraceCounts) => number): void => {
    const metric = new Counter({
      name: `signalbox_trace_${name}_total`,
      help,
      registers: [registry],
      collect: () => {
        metric.reset()
        metric.inc(count(counts()))
      },
    })
  }
  counter('spans_sent', 'Spans that the receiver has taken.', (now) => now.spansSent)
  counter(
    'spans_dropped',
    'Spans that were lost: the receiver was away, too slow, or refused them.',
    (now) => now.spansDropped,
  )
  counter(
    'changes_left_out',
    'Changes of executions of which no spans were made: too many at once, or a journal was not readable.',
    (now) => now.changesLeftOut,
  )
  const waiting: Gauge = new Gauge({
    name: 'signalbox_trace_spans_waiting',
    help: 'Spans that wait to be sent.',
    registers: [registry],
    collect: () => waiting.set(counts().spansWaiting),
  })
}
