import { troubleSchema } from '../cluster/get-cluster.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject, field, pageOf } from '../wire/field-schemas.ts'
import { toIso } from '../wire/time.ts'

/** `GET /api/channels` */
export function listChannels(context: HttpContext): Route {
  return defineRoute({
    method: 'GET',
    path: '/api/channels',
    tag: 'channels',
    summary: 'List channels',
    description: 'With the commands each holds and the workers that were seen lately.',
    access: access.read,
    answers: { 200: { description: 'The channels.', schema: pageOf(channelSchema) } },
    errors: [],
    handle: () => ({
      items: context.engine.channels().map((channel) => ({
        name: channel.name,
        type: channel.type,
        held: channel.held,
        ...(channel.trouble === undefined
          ? {}
          : {
              trouble: {
                since: toIso(channel.trouble.since),
                detail: channel.trouble.detail,
              },
            }),
        workers: channel.workers.map(({ worker, lastSeenAt, leased }) => ({
          worker,
          lastSeenAt: toIso(lastSeenAt),
          leased,
        })),
      })),
    }),
  })
}

const channelSchema = closedObject(
  {
    name: { type: 'string' },
    type: { enum: ['queue', 'http', 'kafka'] },
    held: { type: 'integer', description: 'Commands waiting or under way.' },
    trouble: { ...troubleSchema, description: 'Absent: it works, as far as is known.' },
    workers: {
      type: 'array',
      items: closedObject(
        { worker: { type: 'string' }, lastSeenAt: field.time, leased: { type: 'integer' } },
        ['worker', 'lastSeenAt', 'leased'],
      ),
    },
  },
  ['name', 'type', 'held', 'workers'],
)
