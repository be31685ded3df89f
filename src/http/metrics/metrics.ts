import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Engine, ExecutionChange } from '../../engine/engine.ts'
import { addCounter, addGauge } from './gauge.ts'
import { reportStore } from './store-metrics.ts'
import type { StoreMeter } from './store-meter.ts'
import { reportTraces, type TraceCounts } from './trace-metrics.ts'
import type { Store } from '../../store/store.ts'
import { reportCluster } from './cluster-metrics.ts'
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

interface MetricsOptions {
  readonly engine: Engine
  readonly store: Store
  readonly liveStreams: () => number
  readonly storeMeter?: StoreMeter | undefined
  readonly traces?: (() => TraceCounts) | undefined
}

export function createMetrics(options: MetricsOptions): Metrics {
  const { engine, store, liveStreams, storeMeter, traces } = options
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = createFastHistogram({
    name: 'signalbox_http_duration_seconds',
    help: 'How long requests took, with the time that long polls waited.',
  })
  const executions = countExecutions(registry, engine)
  const leases = countLeases(registry)
  reportEngine(registry, engine)
  addGauge(registry, { name: 'live_streams', help: 'Live streams that are open.' }, (metric) =>
    metric.set(liveStreams()),
  )
  reportCluster(registry, engine, () => storeMeter?.claimed() ?? 0)
  reportStore(registry, store)
  if (traces !== undefined) reportTraces(registry, traces)

  return {
    contentType: registry.contentType,
    text: async () =>
      [
        await registry.metrics(),
        durations.text(),
        executions.batches.text(),
        storeMeter?.text() ?? '',
      ].join('\n'),
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

  addCounter(
    registry,
    { name: 'executions_started', help: 'Executions started.', labelNames: ['flow'] },
    (metric) => {
      for (const [flow, count] of started) metric.inc({ flow }, count)
    },
  )
  addCounter(
    registry,
    { name: 'executions_finished', help: 'Executions ended.', labelNames: ['flow', 'status'] },
    (metric) => {
      for (const [flow, byStatus] of finished) {
        for (const [status, count] of byStatus) metric.inc({ flow, status }, count)
      }
    },
  )
  addCounter(
    registry,
    { name: 'incidents', help: 'Incidents raised.', labelNames: ['flow'] },
    (metric) => {
      for (const [flow, count] of incidents) metric.inc({ flow }, count)
    },
  )
  return { batches, end }
}

function countLeases(registry: Registry): { begins: () => void; ends: (commands: number) => void } {
  let waiting = 0
  let leased = 0
  addGauge(
    registry,
    { name: 'lease_waits', help: 'Lease requests that wait for commands.' },
    (metric) => metric.set(waiting),
  )
  addCounter(registry, { name: 'commands_leased', help: 'Commands given to workers.' }, (metric) =>
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
  addCounter(registry, { name: 'messages', help: 'Messages taken in.' }, (metric) =>
    metric.inc(engine.stats().messages),
  )
  addCounter(
    registry,
    { name: 'execution_commits', help: 'Changes of executions committed.' },
    (metric) => metric.inc(engine.stats().commits),
  )
  addGauge(registry, { name: 'messages_waiting', help: 'Messages not decided yet.' }, (metric) =>
    metric.set(engine.stats().inboundMessages),
  )
  addGauge(registry, { name: 'executions_cached', help: 'Executions held in memory.' }, (metric) =>
    metric.set(engine.stats().cachedExecutions),
  )
  addGauge(
    registry,
    {
      name: 'commands_pending',
      help: 'Commands a channel holds: waiting or under way.',
      labelNames: ['channel', 'type'],
    },
    (metric) => {
      for (const { name, type, held } of engine.channels()) {
        metric.set({ channel: name, type }, held)
      }
    },
  )
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
