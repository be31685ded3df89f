import type { ChannelStatus, EngineStats } from '../../engine/engine.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject } from '../wire/field-schemas.ts'

interface Check {
  readonly ok: boolean
  readonly detail?: string
}

/** A store that takes longer than this to prove itself does not serve anybody. */
const probeTimeoutMs = 5_000

/**
 * A full disk still takes the few bytes of a probe while it refuses commits. After a commit that
 * failed, others are kept away for so long; then some may try whether it is better.
 */
const failureCountsMs = 10_000

/** `GET /health/ready` */
export function healthReady(context: HttpContext): Route {
  return defineRoute({
    method: 'GET',
    path: '/health/ready',
    tag: 'operations',
    summary: 'Tell whether requests can be served now',
    description:
      'The store can be written to, the lease of this replica is held, there is room for messages, and Signalbox is not stopping. A channel that does not work makes commands wait, not requests fail: the status is then `degraded`, unless the configuration requires the channel.',
    access: access.anyone,
    answers: {
      200: { description: 'They can.', schema: readinessSchema },
      503: { description: 'They cannot, and why.', schema: readinessSchema },
    },
    errors: [],
    handle: async (_request, reply) => {
      const { engine } = context
      const stats = engine.stats()
      const channels = engine.channels()
      const checks = {
        store: await checkStore(context, stats.commitFailedAt),
        lease: lease(stats.cluster),
        room: room(stats.inboundMessages, context.inboundMessagesMax),
        running: running(stats.stopping || context.isDraining()),
        channels: requiredChannels(context.requiredChannels, channels),
      }
      const ready = Object.values(checks).every(({ ok }) => ok)
      if (!ready) reply.code(503).header('retry-after', '1')
      return {
        status: ready ? working(channels) : 'unready',
        version: context.version,
        checks,
        channels: channels.map(({ name, type, held, trouble }) => ({
          name,
          type,
          held,
          // Addresses and reasons are for those who may look: open to everyone is only that.
          ok: trouble === undefined,
        })),
      }
    },
  })
}

const checkSchema = closedObject({ ok: { type: 'boolean' }, detail: { type: 'string' } }, ['ok'])

const readinessSchema = closedObject(
  {
    status: {
      enum: ['ready', 'degraded', 'unready'],
      description: 'degraded: requests can be served, and a channel does not work.',
    },
    version: { type: 'string' },
    checks: closedObject(
      {
        store: checkSchema,
        lease: checkSchema,
        room: checkSchema,
        running: checkSchema,
        channels: checkSchema,
      },
      ['store', 'lease', 'room', 'running', 'channels'],
    ),
    channels: {
      type: 'array',
      items: closedObject(
        {
          name: { type: 'string' },
          type: { type: 'string' },
          held: { type: 'integer' },
          ok: { type: 'boolean' },
        },
        ['name', 'type', 'held', 'ok'],
      ),
    },
  },
  ['status', 'version', 'checks', 'channels'],
)

async function checkStore(context: HttpContext, commitFailedAt?: number): Promise<Check> {
  if (commitFailedAt !== undefined && Math.abs(Date.now() - commitFailedAt) < failureCountsMs) {
    return { ok: false, detail: 'the last commit failed; the log says why' }
  }
  return probeStore(context)
}

async function probeStore(context: HttpContext): Promise<Check> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => late.reject(new Error(`no answer within ${probeTimeoutMs} ms`)),
    probeTimeoutMs,
  )
  try {
    await Promise.race([context.store.probe(), late.promise])
    return { ok: true }
  } catch (error) {
    // What the driver says may hold paths; it belongs in the log.
    context.log.error({ err: error }, 'the store failed its probe')
    const detail = error instanceof SignalboxError ? error.code : 'the store does not answer'
    return { ok: false, detail }
  } finally {
    clearTimeout(timer)
  }
}

/** Without it others may have taken over what this replica has in hand. */
function lease(cluster: EngineStats['cluster']): Check {
  if (cluster === undefined || cluster.hasLease) return { ok: true }
  return {
    ok: false,
    detail: 'the lease of this replica has ended; it is prolonged as soon as the store answers',
  }
}

function requiredChannels(required: readonly string[], channels: readonly ChannelStatus[]): Check {
  const broken = channels.filter(
    ({ name, trouble }) => trouble !== undefined && required.includes(name),
  )
  if (broken.length === 0) return { ok: true }
  const names = broken.map(({ name }) => name).join(', ')
  return { ok: false, detail: `expected these channels to work: ${names}` }
}

function working(channels: readonly ChannelStatus[]): 'ready' | 'degraded' {
  return channels.every(({ trouble }) => trouble === undefined) ? 'ready' : 'degraded'
}

function room(inboundMessages: number, max: number): Check {
  if (inboundMessages < max) return { ok: true }
  return { ok: false, detail: `${inboundMessages} messages are waiting already` }
}

function running(stopping: boolean): Check {
  return stopping ? { ok: false, detail: 'Signalbox is stopping' } : { ok: true }
}
