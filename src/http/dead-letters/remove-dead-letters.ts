import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject } from '../wire/field-schemas.ts'
import { numbersSchema } from './resend-dead-letters.ts'

interface Shape {
  Body: { numbers: readonly number[] }
}

/** `POST /api/dead-letters/remove` */
export function removeDeadLetters(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/dead-letters/remove',
    tag: 'dead letters',
    summary: 'Remove several dead letters',
    description: 'For good. Numbers that are not there are left out.',
    access: access.operate,
    body: closedObject({ numbers: numbersSchema }, ['numbers']),
    answers: {
      200: {
        description: 'How many were there.',
        schema: closedObject({ removed: { type: 'integer' } }, ['removed']),
      },
    },
    errors: [],
    handle: async (request) => {
      const removed = await context.engine.deadLetters.remove(request.body.numbers)
      const { actor } = request.identity
      context.log.info({ deadLetters: removed, actor }, 'dead letters were removed')
      return { removed }
    },
  })
}
