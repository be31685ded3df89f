import type { Json } from '../../kernel/model/json.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { numberInPath } from './dead-letter-view.ts'
import { resendAnswerSchema, resendAnswerView } from './resend-answer.ts'

interface Shape {
  Params: { number: number }
  Body: { execution?: string; event?: string; data?: Json }
}

/** `POST /api/dead-letters/:number/resend` */
export function resendDeadLetter(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/dead-letters/:number/resend',
    tag: 'dead letters',
    summary: 'Send a dead letter again',
    description:
      'Applies the message as an event, after its reason was put right. What the body says is taken instead of what the message says. It is removed when it was taken; it stays when it had no effect or is refused. However often it is sent again, it is applied once.',
    access: access.operate,
    params: closedObject({ number: numberInPath }, ['number']),
    body: closedObject({
      execution: { ...field.id, description: 'instead of the key of the message' },
      event: { ...field.name, description: 'instead of its messageLabel' },
      data: { description: 'Instead of its messagePayload.' },
    }),
    answers: { 200: { description: 'What came of it.', schema: resendAnswerSchema } },
    errors: [
      'DEAD_LETTER_NOT_FOUND',
      'DEAD_LETTER_UNREADABLE',
      'EXECUTION_NOT_FOUND',
      'EXECUTION_FINISHED',
      'EVENT_UNEXPECTED',
      'EVENT_INVALID',
      'EVENTS_KEPT_LIMIT',
      'STATE_TOO_LARGE',
      'BUSY',
    ],
    handle: async (request) => {
      const { execution, event, data } = request.body
      const { number } = request.params
      const answer = await context.engine.deadLetters.resend(number, {
        ...(execution === undefined ? {} : { executionId: execution }),
        ...(event === undefined ? {} : { event }),
        ...(data === undefined ? {} : { data }),
      })
      const { actor } = request.identity
      const { removed } = answer
      context.log.info(
        { deadLetter: number, executionId: answer.execution.id, actor, removed },
        'a dead letter was sent again',
      )
      return resendAnswerView(answer)
    },
  })
}
