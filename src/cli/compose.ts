import { setTimeout as sleep } from 'node:timers/promises'
import { createQueueChannel } from '../channel/queue/queue-channel.ts'
import type { Configuration } from '../config/configuration.ts'
import { createEngine } from '../engine/create-engine.ts'
import type { Engine } from '../engine/engine.ts'
import type { Log } from '../engine/log.ts'
import { SignalboxError } from '../errors/signalbox-error.ts'
import type { Authentication } from '../http/auth/authentication.ts'
import { requireProtectedAddress } from '../http/auth/require-protected-address.ts'
import { createStoreMeter } from '../http/metrics/store-meter.ts'
import { createHttpServer } from '../http/server.ts'
import { scheduleRetention } from '../maintenance/schedule-retention.ts'
import { observeStore } from '../store/observe-store.ts'
import type { Telemetry } from '../telemetry/start-telemetry.ts'
import { watchChannels } from './server/channel-outages.ts'
import { compileContextOf } from './server/compile-context.ts'
import { createChannels } from './server/create-channels.ts'
import { findFlowFiles } from './flow-files.ts'
import { openStore } from './server/open-store.ts'
import { type FilePublication, publishFiles } from './server/publish-files.ts'
import { createStoreOutages, withoutOutages } from './server/store-outages.ts'
import { version } from './version.ts'

/** Traces are not worth more than that to somebody who waits for the end. */
const telemetryStopMs = 2_000

/** A Signalbox put together from its parts, in this process. */
export interface Signalbox {
  readonly engine: Engine
  /**
   * Brings back what was under way, publishes the configured flows, then begins to listen. Throws
   * FLOW_INVALID when one of them has errors: nobody shall meet half a configuration.
   */
  start(): Promise<{ readonly url: string; readonly publications: readonly FilePublication[] }>
  /**
   * Is unready for the configured time while it serves all the same. Then it refuses what is new, ends
   * what is under way within the configured time, hands the rest over and closes everything.
   */
  stop(): Promise<void>
}

/** Puts store, channels, engine and HTTP server together. Throws what each of them throws. */
export async function compose(configuration: Configuration, log: Log): Promise<Signalbox> {
  const { limits, http } = configuration
  const auth = authenticationOf(configuration)
  // Before anything is opened.
  requireProtectedAddress(http.host, auth)
  const outages = createStoreOutages(log)
  const storeMeter = createStoreMeter()
  const opened = await openStore(configuration.store)
  const store = observeStore(observeStore(opened, outages), storeMeter)
  const compileContext = compileContextOf(configuration)
  const engine = createEngine({
    store,
    channels: await createChannels(configuration, withoutOutages(log)),
    createQueue: (name) => createQueueChannel({ name }),
    compileContext,
    log: withoutOutages(log),
    inboundMessagesMax: limits.inboundMessages,
    replica: configuration.replica,
  })
  const telemetry = await openTelemetry(engine, configuration, log)
  const server = await createHttpServer({
    engine,
    store,
    version,
    log: withoutOutages(log),
    storeMeter,
    ...(telemetry === undefined ? {} : { traces: telemetry.stats }),
    host: http.host,
    port: http.port,
    auth,
    compileContext,
    limits: { inboundMessages: limits.inboundMessages },
    requiredChannels: configuration.health.requiredChannels,
  })
  let isServing = false
  let retention: { stop(): Promise<void> } | undefined
  let stopWatching = (): void => {}

  const stop = async (): Promise<void> => {
    const { stopMs, drainMs } = limits
    server.drain()
    stopWatching()
    await retention?.stop()
    if (isServing && drainMs > 0) await sleep(drainMs)
    // Requests under way need the engine and the engine's last work needs nobody, so both end
    // together; what is cut off at the deadline is delivered again after the next start.
    const ended = await within(stopMs, Promise.all([server.close(), engine.stop(stopMs)]))
    if (!ended) log.warn({ stopMs }, 'the time to stop is up; the rest is cut off')
    await telemetry?.stop(telemetryStopMs)
    await store.close()
  }
  return {
    engine,
    stop,
    start: async () => {
      try {
        await engine.start()
        stopWatching = watchChannels(() => engine.channels(), log)
        const replicaId = engine.stats().cluster?.replica
        retention = scheduleRetention({
          store,
          options: configuration.retention,
          replicaName: configuration.replica.name,
          ...(replicaId === undefined ? {} : { replicaId }),
          log: withoutOutages(log),
        })
        const publications = await publishConfigured(engine, configuration)
        const { url } = await server.listen()
        isServing = true
        return { url, publications }
      } catch (error) {
        await stop().catch((failure: unknown) => log.error({ err: failure }, 'could not stop'))
        throw withPortHint(error)
      }
    },
  }
}

/** Before the engine starts, so that nothing that it does is missed. */
async function openTelemetry(
  engine: Engine,
  { telemetry: { tracesUrl, sampleRatio }, replica }: Configuration,
  log: Log,
): Promise<Telemetry | undefined> {
  if (tracesUrl === undefined) return undefined
  // Loaded only where it is used: it is a large part of what a start would read.
  const { startTelemetry } = await import('../telemetry/start-telemetry.ts')
  const options = { tracesUrl, sampleRatio, version, instance: replica.name }
  return startTelemetry({ engine, options, log })
}

function authenticationOf({ auth, http }: Configuration): Authentication {
  return auth.tokens.length === 0
    ? { mode: 'off', allowedHosts: http.allowedHosts }
    : { mode: 'tokens', tokens: auth.tokens }
}

async function publishConfigured(
  engine: Engine,
  { flows }: Configuration,
): Promise<readonly FilePublication[]> {
  const files = await findFlowFiles(flows, '.')
  const publications = await publishFiles(engine, files, 'configuration')
  const failed = publications.filter(({ published }) => published === undefined)
  if (failed.length === 0) return publications
  throw new SignalboxError(
    'FLOW_INVALID',
    `expected flows without errors, found errors in ${failed.map(({ file }) => file).join(', ')}`,
    { details: { publications: failed } },
  )
}

function withPortHint(error: unknown): unknown {
  if (!(error instanceof SignalboxError) || error.code !== 'PORT_IN_USE') return error
  const hint =
    'Perhaps it is another Signalbox. Stop it, or take another port: --port 7701, or --port 0 for any free one'
  return new SignalboxError('PORT_IN_USE', `${error.detail}. ${hint}`, { cause: error })
}

/** Tells whether the promise was fulfilled before the time was up. */
async function within(timeMs: number, promise: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timeout = setTimeout(() => late.resolve(false), timeMs)
  try {
    return await Promise.race([promise.then(() => true), late.promise])
  } finally {
    clearTimeout(timeout)
  }
}
