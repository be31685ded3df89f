import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { executionSchema, showExecution, type View } from './show-execution.ts'

interface Shape {
  Params: { id: string }
  Querystring: { waitMs?: number; view?: View }
}

/** `GET /api/executions/:id` */
export function getExecution(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'GET',
    path: '/api/executions/:id',
    tag: 'executions',
    summary: 'Show an execution',
    description: 'With waitMs: when it has ended, at the latest after that time.',
    access: access.follow,
    params: closedObject({ id: field.id }, ['id']),
    query: closedObject({ waitMs: field.waitMs, view: field.view }),
    answers: { 200: { description: 'The execution.', schema: executionSchema } },
    errors: ['EXECUTION_NOT_FOUND'],
    handle: async (request, reply) => {
      const { id } = request.params
      const { waitMs = 0, view } = request.query
      const { executions } = context.engine
      const execution =
        waitMs === 0
          ? await executions.get(id)
          : await executions.waitUntilFinished(id, waitMs, context.waits.of(reply))
      return showExecution(context, execution, view)
    },
  })
}
