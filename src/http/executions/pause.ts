import type { HttpContext } from '../context.ts'
import type { Route } from '../route.ts'
import { actRoute } from './act-route.ts'

/** `POST /api/executions/:id/pause` */
export function pause(context: HttpContext): Route {
  return actRoute(context, {
    name: 'pause',
    summary: 'Hold an execution',
    description: 'Events that arrive meanwhile are kept, timers wait.',
    errors: ['ALREADY_PAUSED'],
    toAct: ({ reason }, actor) => ({ kind: 'pause', actor, reason }),
  })
}
