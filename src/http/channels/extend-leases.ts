import { limits } from '../../kernel/limits.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject, field } from '../wire/field-schemas.ts'

interface Shape {
  Params: { channel: string }
  Body: { worker: string; commands: readonly string[]; leaseMs: number }
}

/** `POST /api/channels/:channel/extend` */
export function extendLeases(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/channels/:channel/extend',
    tag: 'channels',
    summary: 'Hold commands longer',
    description: 'Prolongs leases, and tells which commands the worker does not hold any more.',
    access: access.work,
    params: closedObject({ channel: field.name }, ['channel']),
    body: closedObject(
      {
        worker: field.name,
        commands: {
          type: 'array',
          minItems: 1,
          maxItems: limits.leaseCommands,
          items: { ...field.id, maxLength: limits.idCharacters + 20 },
        },
        leaseMs: { type: 'integer', minimum: 10, maximum: limits.leaseMs },
      },
      ['worker', 'commands', 'leaseMs'],
    ),
    answers: {
      200: {
        description: 'Commands that were settled or given to another worker.',
        schema: closedObject({ lost: { type: 'array', items: { type: 'string' } } }, ['lost']),
      },
    },
    errors: ['CHANNEL_NOT_FOUND', 'CHANNEL_NOT_A_QUEUE'],
    handle: async (request) => {
      const { worker, commands, leaseMs } = request.body
      const queue = context.engine.queue(request.params.channel)
      return { lost: await queue.extend({ worker, commandIds: commands, leaseMs }) }
    },
  })
}
