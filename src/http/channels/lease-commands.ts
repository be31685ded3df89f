import { limits } from '../../kernel/limits.ts'
import type { LeasedCommand } from '../../channel/channel.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { toIso } from '../wire/time.ts'

interface Shape {
  Params: { channel: string }
  Body: {
    worker: string
    commands?: readonly string[]
    max?: number
    waitMs?: number
    leaseMs?: number
  }
}

const defaultLeaseMs = 30_000

/** `POST /api/channels/:channel/lease` */
export function leaseCommands(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/channels/:channel/lease',
    tag: 'channels',
    summary: 'Take commands to carry out',
    description:
      'A long poll: answers as soon as there is a command, at the latest after waitMs with an empty list. A command whose lease runs out is given to the next worker, with the same id.',
    access: access.work,
    params: closedObject({ channel: field.name }, ['channel']),
    body: closedObject(
      {
        worker: { ...field.name, description: 'a name of the worker that is its own' },
        commands: {
          type: 'array',
          items: field.name,
          minItems: 1,
          maxItems: 500,
          description: 'Only these; all of the channel if absent.',
        },
        max: { type: 'integer', minimum: 1, maximum: limits.leaseCommands },
        waitMs: { type: 'integer', minimum: 0, maximum: limits.waitMs },
        leaseMs: { type: 'integer', minimum: 10, maximum: limits.leaseMs },
      },
      ['worker'],
    ),
    answers: {
      200: { description: 'The commands.', schema: { type: 'array', items: leasedCommand } },
    },
    errors: ['CHANNEL_NOT_FOUND', 'CHANNEL_NOT_A_QUEUE', 'STOPPING'],
    handle: async (request, reply) => {
      const { worker, commands, max = 1, waitMs = 0, leaseMs = defaultLeaseMs } = request.body
      const queue = context.engine.queue(request.params.channel)
      let leased: readonly LeasedCommand[] = []
      context.metrics.leaseBegins()
      try {
        leased = await queue.lease({
          worker,
          ...(commands === undefined ? {} : { commands }),
          max,
          waitMs,
          leaseMs,
          ...(waitMs === 0 ? {} : { signal: context.waits.of(reply) }),
        })
      } finally {
        context.metrics.leaseEnds(leased.length)
      }
      return leased.map(commandView)
    },
  })
}

const leasedCommand = closedObject(
  {
    id: { type: 'string', description: 'The same on every delivery: drop what you know.' },
    command: { type: 'string' },
    execution: { type: 'string' },
    key: { type: 'string' },
    flow: { type: 'string' },
    data: field.data,
    attempt: { type: 'integer' },
    leasedUntil: field.time,
    traceparent: { type: 'string', description: 'W3C trace context: the execution is the trace.' },
  },
  ['id', 'command', 'execution', 'flow', 'data', 'attempt', 'leasedUntil', 'traceparent'],
)

function commandView(command: LeasedCommand): object {
  return { ...command, leasedUntil: toIso(command.leasedUntil) }
}
