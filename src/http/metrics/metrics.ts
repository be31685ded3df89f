import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { Engine, ExecutionChange } from '../../engine/engine.ts'
import { reportTraces, type TraceCounts } from './trace-metrics.ts'
import { createFastHistogram, type FastHistogram, type Series } from './fast-histogram.ts'

/** What is counted for Prometheus. Counting is cheap; adding up happens when it is asked for. */
export interface Metrics {
  readonly contentType: string
  /** The text of `/metrics`. */
  text(): Promise<string>
  /** The durations of one route's answers. */
  route(method: string, path: string): RouteTimer
  /** Lease requests that wait for commands now. */
  leaseBegins(): void
  leaseEnds(commands: number): void
  close(): void
}

export interface RouteTimer {
  observe(status: number, durationMs: number): void
}

const batchBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

export function createMetrics(
  engine: Engine,
  liveStreams: () => number,
  traces?: () => TraceCounts,
): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = createFastHistogram({
    name: 'signalbox_http_duration_seconds',
    help: 'How long requests took, with the time that long polls waited.',
  })
  const executions = countExecutions(registry, engine)
  const leases = countLeases(registry)
  reportEngine(registry, engine)
  gauge(registry, 'signalbox_live_streams', 'Live streams that are open.', [], (metric) =>
    metric.set(liveStreams()),
  )
  if (traces !== undefined) reportTraces(registry, traces)

  return {
    contentType: registry.contentType,
    text: async () =>
      `${await registry.metrics()}\n${durations.text()}\n${executions.batches.text()}`,
    route: (method, route) => {
      const seriesByClass = new Map<number, Series>()
      return {
        observe: (status, durationMs) => {
          const statusClass = Math.floor(status / 100)
          let series = seriesByClass.get(statusClass)
          if (series === undefined) {
            series = durations.series({ method, route, status: `${statusClass}xx` })
            seriesByClass.set(statusClass, series)
          }
          series.observe(durationMs / 1000)
        },
      }
    },
    leaseBegins: leases.begins,
    leaseEnds: leases.ends,
    close: () => {
      executions.end()
      registry.clear()
    },
  }
}

/** Starts, ends and incidents by flow, and how many executions were committed together. */
function countExecutions(
  registry: Registry,
  engine: Engine,
): { readonly batches: FastHistogram; end(): void } {
  const started = new Map<string, number>()
  const finished = new Map<string, Map<string, number>>()
  const incidents = new Map<string, number>()
  const batches = createFastHistogram({
    name: 'signalbox_commit_executions',
    help: 'How many executions were changed by one commit.',
    bounds: batchBounds,
  })
  const batch = batches.series({})
  let batchSize = 0

  /** The changes of one commit are told in one go. */
  const endBatch = (): void => {
    batch.observe(batchSize)
    batchSize = 0
  }
  const end = engine.subscribe((change: ExecutionChange) => {
    if (batchSize === 0) queueMicrotask(endBatch)
    batchSize += 1
    const { flow, status, incident } = change.execution
    if (change.created) increase(started, flow)
    if (change.finished) {
      let byStatus = finished.get(flow)
      if (byStatus === undefined) finished.set(flow, (byStatus = new Map()))
      increase(byStatus, status)
    }
    if (change.incidentChanged && incident !== undefined) increase(incidents, flow)
  })

  counter(registry, 'executions_started', 'Executions started.', ['flow'], (metric) => {
    for (const [flow, count] of started) metric.inc({ flow }, count)
  })
  counter(registry, 'executions_finished', 'Executions ended.', ['flow', 'status'], (metric) => {
    for (const [flow, byStatus] of finished) {
      for (const [status, count] of byStatus) metric.inc({ flow, status }, count)
    }
  })
  counter(registry, 'incidents', 'Incidents raised.', ['flow'], (metric) => {
    for (const [flow, count] of incidents) metric.inc({ flow }, count)
  })
  return { batches, end }
}

function countLeases(registry: Registry): { begins: () => void; ends: (commands: number) => void } {
  let waiting = 0
  let leased = 0
  gauge(registry, 'signalbox_lease_waits', 'Lease requests that wait for commands.', [], (metric) =>
    metric.set(waiting),
  )
  counter(registry, 'commands_leased', 'Commands given to workers.', [], (metric) =>
    metric.inc(leased),
  )
  return {
    begins: () => {
      waiting += 1
    },
    ends: (commands) => {
      waiting -= 1
      leased += commands
    },
  }
}

function reportEngine(registry: Registry, engine: Engine): void {
  counter(registry, 'messages', 'Messages taken in.', [], (metric) =>
    metric.inc(engine.stats().messages),
  )
  counter(registry, 'execution_commits', 'Changes of executions committed.', [], (metric) =>
    metric.inc(engine.stats().commits),
  )
  gauge(registry, 'signalbox_messages_waiting', 'Messages not decided yet.', [], (metric) =>
    metric.set(engine.stats().inboundMessages),
  )
  gauge(registry, 'signalbox_executions_cached', 'Executions held in memory.', [], (metric) =>
    metric.set(engine.stats().cachedExecutions),
  )
  gauge(
    registry,
    'signalbox_commands_pending',
    'Commands a channel holds: waiting or under way.',
    ['channel', 'type'],
    (metric) => {
      for (const { name, type, held } of engine.channels()) {
        metric.set({ channel: name, type }, held)
      }
    },
  )
}

function counter(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  report: (metric: Counter) => void,
): void {
  const metric = new Counter({
    name: `signalbox_${name}_total`,
    help,
    labelNames,
    registers: [registry],
    collect: () => {
      metric.reset()
      report(metric)
    },
  })
}

function gauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  report: (metric: Gauge) => void,
): void {
  const metric = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect: () => {
      metric.reset()
      report(metric)
    },
  })
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
