import type { HttpContext } from '../context.ts'
import type { Route } from '../route.ts'
import { actRoute } from './act-route.ts'

/** `POST /api/executions/:id/resume` */
export function resume(context: HttpContext): Route {
  return actRoute(context, {
    name: 'resume',
    summary: 'Let a held execution go on',
    description: 'Events that were kept are applied.',
    errors: ['NOT_PAUSED'],
    toAct: ({ reason }, actor) => ({ kind: 'resume', actor, reason }),
  })
}
