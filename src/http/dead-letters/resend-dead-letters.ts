import type { ResendOutcome } from '../../engine/dead-letters.ts'
import { limits } from '../../kernel/limits.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject } from '../wire/field-schemas.ts'
import { numberInPath } from './dead-letter-view.ts'
import { resendAnswerProperties, resendAnswerView } from './resend-answer.ts'

interface Shape {
  Body: { numbers: readonly number[] }
}

/** The numbers of one bulk request. */
export const numbersSchema = {
  type: 'array',
  items: numberInPath,
  minItems: 1,
  maxItems: limits.deadLettersPerRequest,
  uniqueItems: true,
}

/** `POST /api/dead-letters/resend` */
export function resendDeadLetters(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/dead-letters/resend',
    tag: 'dead letters',
    summary: 'Send several dead letters again',
    description:
      'The oldest first, so that events of one execution keep their order. One that is refused does not hold up the others; numbers that are not there are left out.',
    access: access.operate,
    body: closedObject({ numbers: numbersSchema }, ['numbers']),
    answers: {
      200: {
        description: 'What came of each that was there.',
        schema: closedObject({ items: { type: 'array', items: outcomeSchema } }, ['items']),
      },
    },
    errors: ['BUSY'],
    handle: async (request) => {
      const outcomes = await context.engine.deadLetters.resendAll(request.body.numbers)
      const { actor } = request.identity
      context.log.info({ deadLetters: outcomes.length, actor }, 'dead letters were sent again')
      return { items: outcomes.map(outcomeView) }
    },
  })
}

const outcomeSchema = closedObject(
  {
    number: { type: 'integer' },
    ...resendAnswerProperties,
    code: { type: 'string', description: 'Why it was refused.' },
    detail: { type: 'string' },
  },
  ['number', 'applied', 'removed'],
)

function outcomeView(outcome: ResendOutcome): object {
  const { number } = outcome
  if (outcome.kind === 'answered') return { number, ...resendAnswerView(outcome.answer) }
  const { code, detail } = outcome
  return { number, applied: false, removed: false, code, detail }
}
