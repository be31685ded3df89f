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
      'The store can be written to, there is room for messages, and Signalbox is not stopping. The channels are shown for information: one that is down makes commands wait, not requests fail.',
    access: access.anyone,
    answers: {
      200: { description: 'They can.', schema: readinessSchema },
      503: { description: 'They cannot, and why.', schema: readinessSchema },
    },
    errors: [],
    handle: async (_request, reply) => {
      const { engine } = context
      const stats = engine.stats()
      const checks = {
        store: await checkStore(context, stats.commitFailedAt),
        room: room(stats.inboundMessages, context.inboundMessagesMax),
        running: running(stats.stopping || context.isDraining()),
      }
      const ready = Object.values(checks).every(({ ok }) => ok)
      if (!ready) reply.code(503).header('retry-after', '1')
      return {
        status: ready ? 'ready' : 'unready',
        version: context.version,
        checks,
        channels: engine.channels().map(({ name, type, held }) => ({ name, type, held })),
      }
    },
  })
}

const checkSchema = closedObject({ ok: { type: 'boolean' }, detail: { type: 'string' } }, ['ok'])

const readinessSchema = closedObject(
  {
    status: { enum: ['ready', 'unready'] },
    version: { type: 'string' },
    checks: closedObject({ store: checkSchema, room: checkSchema, running: checkSchema }, [
      'store',
      'room',
      'running',
    ]),
    channels: {
      type: 'array',
      items: closedObject(
        { name: { type: 'string' }, type: { type: 'string' }, held: { type: 'integer' } },
        ['name', 'type', 'held'],
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

function room(inboundMessages: number, max: number): Check {
  if (inboundMessages < max) return { ok: true }
  return { ok: false, detail: `${inboundMessages} messages are waiting already` }
}

function running(stopping: boolean): Check {
  return stopping ? { ok: false, detail: 'Signalbox is stopping' } : { ok: true }
}
