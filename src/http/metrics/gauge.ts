import { Counter, Gauge, type Registry } from 'prom-client'

/** What is told when the metrics are asked for. */
interface Report {
  readonly name: string
  readonly help: string
  readonly labelNames?: readonly string[]
}

/** A gauge that is set anew each time it is asked for; without a value it is not shown. */
export function addGauge(
  registry: Registry,
  { name, help, labelNames = [] }: Report,
  report: (metric: Gauge) => void | Promise<void>,
): void {
  const metric: Gauge = new Gauge({
    name: `signalbox_${name}`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect: () => {
      metric.reset()
      // Without labels it would begin with 0, which is a value too.
      if (labelNames.length === 0) metric.remove()
      return report(metric)
    },
  })
}

/** A counter of what somebody else counts. */
export function addCounter(
  registry: Registry,
  { name, help, labelNames = [] }: Report,
  report: (metric: Counter) => void,
): void {
  const metric: Counter = new Counter({
    name: `signalbox_${name}_total`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect: () => {
      metric.reset()
      report(metric)
    },
  })
}
