import type { EngineStats } from '../../engine/engine.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject } from '../wire/field-schemas.ts'

/**
 * A turn that takes longer waits for something that will not come: every call of a store ends
 * sooner, one way or the other. Only a new process helps then.
 */
const turnMs = 60_000

/** `GET /health/live` */
export function healthLive(context: Pick<HttpContext, 'engine'>): Route {
  return defineRoute({
    method: 'GET',
    path: '/health/live',
    tag: 'operations',
    summary: 'Tell that the process works',
    description:
      'Restart it when this answers 503, or does not answer: then messages are not decided any more, or nothing at all is done. Whether the store or a broker is there is not looked at; a restart would not bring them back.',
    access: access.anyone,
    answers: {
      200: { description: 'It does.', schema: livenessSchema },
      503: { description: 'It does not, and why.', schema: livenessSchema },
    },
    errors: [],
    handle: (_request, reply) => {
      const stuck = findStuckTurn(context.engine.stats(), Date.now())
      if (stuck === undefined) return { status: 'ok' }
      reply.code(503)
      return { status: 'stuck', detail: stuck }
    },
  })
}

const livenessSchema = closedObject(
  { status: { enum: ['ok', 'stuck'] }, detail: { type: 'string' } },
  ['status'],
)

/** A sentence when the engine's turn does not end. */
export function findStuckTurn({ turnSince }: EngineStats, now: number): string | undefined {
  if (turnSince === undefined || now - turnSince < turnMs) return undefined
  const seconds = Math.round((now - turnSince) / 1_000)
  return `expected a turn to end within ${turnMs / 1_000} s, found one that has been running for ${seconds} s`
}
