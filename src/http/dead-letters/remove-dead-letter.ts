import { SignalboxError } from '../../errors/signalbox-error.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject } from '../wire/field-schemas.ts'
import { numberInPath } from './dead-letter-view.ts'

interface Shape {
  Params: { number: number }
}

/** `DELETE /api/dead-letters/:number` */
export function removeDeadLetter(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'DELETE',
    path: '/api/dead-letters/:number',
    tag: 'dead letters',
    summary: 'Remove a dead letter',
    description: 'For good: the message is applied to nothing.',
    access: access.operate,
    params: closedObject({ number: numberInPath }, ['number']),
    answers: {
      200: {
        description: 'It is removed.',
        schema: closedObject({ removed: { const: 1 } }, ['removed']),
      },
    },
    errors: ['DEAD_LETTER_NOT_FOUND'],
    handle: async (request) => {
      const { number } = request.params
      if ((await context.engine.deadLetters.remove([number])) === 0) {
        throw new SignalboxError(
          'DEAD_LETTER_NOT_FOUND',
          `expected the number of a dead letter, found ${number}`,
        )
      }
      const { actor } = request.identity
      context.log.info({ deadLetter: number, actor }, 'a dead letter was removed')
      return { removed: 1 }
    },
  })
}
