import type { HttpContext } from '../context.ts'
import type { Route } from '../route.ts'
import { field } from '../wire/field-schemas.ts'
import { type ActBody, actRoute } from './act-route.ts'

interface Body extends ActBody {
  target?: string
}

/** `POST /api/executions/:id/rollback` */
export function rollBack(context: HttpContext): Route {
  return actRoute<Body>(context, {
    name: 'rollback',
    summary: 'Undo what an execution has done',
    description: 'Runs the remembered compensations in reverse order, then enters the target.',
    properties: {
      target: { ...field.name, description: 'the node to enter then; else it ends as rolled back' },
    },
    errors: ['ROLLBACK_RUNNING', 'NOTHING_TO_ROLL_BACK', 'NODE_UNKNOWN'],
    toAct: ({ reason, target }, actor) => ({
      kind: 'roll-back',
      actor,
      reason,
      ...(target === undefined ? {} : { target }),
    }),
  })
}
