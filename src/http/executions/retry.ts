import type { Json } from '../../kernel/model/json.ts'
import type { HttpContext } from '../context.ts'
import type { Route } from '../route.ts'
import { field } from '../wire/field-schemas.ts'
import { type ActBody, actRoute } from './act-route.ts'

interface Body extends ActBody {
  data?: Json
}

/** `POST /api/executions/:id/retry` */
export function retry(context: HttpContext): Route {
  return actRoute<Body>(context, {
    name: 'retry',
    summary: 'Try again what failed',
    description: 'Sends the command, or runs the compensation, of the incident once more.',
    properties: {
      data: { ...field.data, description: 'Replaces the data of the compensation.' },
    },
    errors: ['NOTHING_TO_RETRY'],
    toAct: ({ reason, data }, actor) => ({
      kind: 'retry',
      actor,
      reason,
      ...(data === undefined ? {} : { data }),
    }),
  })
}
