import { ROOT_CONTEXT } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  defaultResource,
  detectResources,
  type Resource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources'
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace'
import { traceIdOf } from '../channel/trace-context.ts'
import type { Engine } from '../engine/engine.ts'
import type { Log } from '../engine/log.ts'
import { createChangeReader } from './change-reader.ts'
import { createFailureLog } from './failure-log.ts'
import type { ChannelTypes } from './fold-fact.ts'
import type { TelemetryOptions } from './options.ts'
import { toReadableSpan } from './readable-span.ts'
import { createSpanSender } from './span-sender.ts'

/** Traces on their way out. */
export interface Telemetry {
  stats(): TelemetryStats
  /** Sends what is left, at the latest until the time is up. After the engine, before the store. */
  stop(graceMs: number): Promise<void>
}

export interface TelemetryStats {
  readonly spansSent: number
  /** The receiver was away or too slow. */
  readonly spansDropped: number
  readonly spansWaiting: number
  /** Changes of executions of which no spans were made: too many at once, or not readable. */
  readonly changesLeftOut: number
}

/**
 * Sends the traces of what this replica commits. Call it before the engine starts. It listens, and
 * never makes the engine wait: where it cannot follow, spans are missing and counted.
 */
export function startTelemetry(deps: {
  readonly engine: Engine
  readonly options: TelemetryOptions
  readonly log: Log
}): Telemetry {
  const { engine, options, log } = deps
  const { tracesUrl, headers = {}, sampleRatio } = options
  const resource = resourceOf(options)
  const scope = {
    name: 'signalbox',
    ...(options.version === undefined ? {} : { version: options.version }),
  }
  const tellFailure = createFailureLog(log, tracesUrl)
  const exporter = new OTLPTraceExporter({ url: tracesUrl, headers: { ...headers } })
  const sender = createSpanSender({ exporter, onFailure: tellFailure })
  const reader = createChangeReader({
    journal: (id, page) => engine.executions.journal(id, page),
    typeOf: channelTypesOf(engine),
    emit: (spans) => sender.send(spans.map((span) => toReadableSpan(span, resource, scope))),
    onFailure: (error) => log.warn({ err: error }, 'a journal cannot be read for its trace'),
  })
  const sampler = new TraceIdRatioBasedSampler(sampleRatio)
  const isSampled = (executionId: string): boolean =>
    sampleRatio >= 1 ||
    sampler.shouldSample(ROOT_CONTEXT, traceIdOf(executionId)).decision ===
      SamplingDecision.RECORD_AND_SAMPLED
  const unsubscribe = engine.subscribe((change) => {
    if (change.facts.length > 0 && isSampled(change.execution.id)) reader.take(change)
  })

  return {
    stats() {
      const { sent, dropped, waiting } = sender.counts()
      return {
        spansSent: sent,
        spansDropped: dropped,
        spansWaiting: waiting,
        changesLeftOut: reader.leftOut(),
      }
    },
    async stop(graceMs) {
      unsubscribe()
      const deadline = Date.now() + graceMs
      await atMost(graceMs, reader.idle())
      await sender.stop(Math.max(0, deadline - Date.now()))
      // What the exporter still tries may not hold the process.
      await atMost(Math.max(0, deadline - Date.now()), exporter.shutdown())
    },
  }
}

/** The standard variables OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word. */
function resourceOf({ version, instance }: TelemetryOptions): Resource {
  const own = resourceFromAttributes({
    'service.name': 'signalbox',
    ...(version === undefined ? {} : { 'service.version': version }),
    ...(instance === undefined ? {} : { 'service.instance.id': instance }),
  })
  const detectors = [resourceAttributesEnvDetector, serviceNameEnvDetector]
  return defaultResource().merge(own).merge(detectResources({ detectors }))
}

/** Channels keep their type for as long as the engine lives. */
function channelTypesOf(engine: Engine): ChannelTypes {
  const types = new Map<string, string>()
  return (channel) => {
    if (!types.has(channel)) for (const { name, type } of engine.channels()) types.set(name, type)
    return types.get(channel) ?? 'queue'
  }
}

async function atMost(timeMs: number, promise: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timeout = setTimeout(() => late.resolve(), timeMs)
  try {
    await Promise.race([promise, late.promise])
  } finally {
    clearTimeout(timeout)
  }
}
