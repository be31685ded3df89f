import type { HttpContext } from '../context.ts'
import type { Route } from '../route.ts'
import { actRoute } from './act-route.ts'

/** `POST /api/executions/:id/skip` */
export function skip(context: HttpContext): Route {
  return actRoute(context, {
    name: 'skip',
    summary: 'Go on without what failed',
    description: 'Leaves out the failed compensation, or takes the failed command as done.',
    errors: ['NOTHING_TO_SKIP'],
    toAct: ({ reason }, actor) => ({ kind: 'skip', actor, reason }),
  })
}
