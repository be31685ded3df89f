import { SignalboxError } from '../../errors/signalbox-error.ts'
import { limits } from '../../kernel/limits.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject, field } from '../wire/field-schemas.ts'

interface Shape {
  Querystring: { flow?: string; execution?: string }
  Headers: { 'last-event-id'?: string }
}

/** What may wait for one reader; a slower one is dropped and can come back. */
const unreadBytesMax = 1_000_000

/** `GET /api/live` */
export function streamChanges(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'GET',
    path: '/api/live',
    tag: 'live',
    summary: 'Follow changes as they happen',
    description:
      'Server-sent events. execution: { execution, created, finished, incidentChanged }, several changes of one execution within a moment as one. hello: the stream begins. reset: what happened since Last-Event-ID is not known any more, read everything again.',
    access: access.read,
    query: closedObject({ flow: field.name, execution: field.id }),
    headers: {
      type: 'object',
      properties: { 'last-event-id': { type: 'string', maxLength: 100 } },
    },
    answers: {
      200: {
        description: 'The stream.',
        mediaType: 'text/event-stream',
        schema: { type: 'string' },
      },
    },
    errors: ['BUSY'],
    stream: true,
    handle: (request, reply) => {
      if (context.live.streams() >= limits.liveStreams) {
        throw new SignalboxError(
          'BUSY',
          `expected fewer than ${limits.liveStreams} open streams, found as many already`,
          { retryAfterMs: 5_000 },
        )
      }
      const { raw } = reply
      reply.hijack()
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      const close = context.live.open(request.query, request.headers['last-event-id'], {
        write: (text) => {
          raw.write(text)
          return raw.writableLength <= unreadBytesMax
        },
        end: () => {
          // A reader that does not read would keep an orderly end waiting for ever.
          if (raw.writableLength > unreadBytesMax) raw.destroy()
          else raw.end()
        },
      })
      raw.once('close', () => close?.())
    },
  })
}
