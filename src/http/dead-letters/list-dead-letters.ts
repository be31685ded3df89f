import { limits } from '../../kernel/limits.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { deadLetterSummary, deadLetterSummarySchema, numberInPath } from './dead-letter-view.ts'

interface Shape {
  Querystring: { channel?: string; before?: number; limit?: number }
}

/** `GET /api/dead-letters` */
export function listDeadLetters(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'GET',
    path: '/api/dead-letters',
    tag: 'dead letters',
    summary: 'List dead letters',
    description:
      'Messages that could not be applied, the newest first. `nextBefore` of the answer is `before` of the next page.',
    access: access.read,
    query: closedObject({
      channel: field.name,
      before: { ...numberInPath, description: 'Only those with a lower number.' },
      limit: { ...field.limit, maximum: limits.deadLettersPerRequest },
    }),
    answers: {
      200: {
        description: 'A page of dead letters, and how many there are by channel.',
        schema: closedObject(
          {
            items: { type: 'array', items: deadLetterSummarySchema },
            nextBefore: { type: 'integer' },
            counts: { type: 'object', additionalProperties: { type: 'integer' } },
          },
          ['items', 'counts'],
        ),
      },
    },
    errors: [],
    handle: async (request) => {
      const { channel, before, limit = 50 } = request.query
      const { deadLetters } = context.engine
      const letters = await deadLetters.list({
        ...(channel === undefined ? {} : { channel }),
        ...(before === undefined ? {} : { before }),
        limit,
      })
      const last = letters.at(-1)
      return {
        items: letters.map(deadLetterSummary),
        ...(last === undefined || letters.length < limit ? {} : { nextBefore: last.number }),
        counts: Object.fromEntries(await deadLetters.count()),
      }
    },
  })
}
