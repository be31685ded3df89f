import type { HttpContext } from '../context.ts'
import type { Route } from '../route.ts'
import { actRoute } from './act-route.ts'

/** `POST /api/executions/:id/cancel` */
export function cancel(context: HttpContext): Route {
  return actRoute(context, {
    name: 'cancel',
    summary: 'End an execution',
    description: 'It ends as cancelled, without compensation.',
    errors: [],
    toAct: ({ reason }, actor) => ({ kind: 'cancel', actor, reason }),
  })
}
