import type { HttpContext } from '../context.ts'
import type { Route } from '../route.ts'
import { field } from '../wire/field-schemas.ts'
import { type ActBody, actRoute } from './act-route.ts'

interface Body extends ActBody {
  node: string
}

/** `POST /api/executions/:id/move` */
export function move(context: HttpContext): Route {
  return actRoute<Body>(context, {
    name: 'move',
    summary: 'Put an execution into another node',
    description: 'Enters the node as if a transition had led there.',
    properties: { node: { ...field.name, description: 'the node to enter' } },
    required: ['node'],
    errors: ['NODE_UNKNOWN', 'ROLLBACK_RUNNING'],
    toAct: ({ reason, node }, actor) => ({ kind: 'move', actor, reason, node }),
  })
}
