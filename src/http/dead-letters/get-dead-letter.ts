import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject } from '../wire/field-schemas.ts'
import { deadLetterSchema, deadLetterView, numberInPath } from './dead-letter-view.ts'

interface Shape {
  Params: { number: number }
}

/** `GET /api/dead-letters/:number` */
export function getDeadLetter(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'GET',
    path: '/api/dead-letters/:number',
    tag: 'dead letters',
    summary: 'Read a dead letter',
    description:
      'With the message as it came. What flows name in `secrets` is not masked in it: nobody knows what it holds.',
    access: access.operate,
    params: closedObject({ number: numberInPath }, ['number']),
    answers: { 200: { description: 'The dead letter.', schema: deadLetterSchema } },
    errors: ['DEAD_LETTER_NOT_FOUND'],
    handle: async (request) =>
      deadLetterView(await context.engine.deadLetters.get(request.params.number)),
  })
}
