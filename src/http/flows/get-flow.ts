import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { showFlow } from './find-flow.ts'

interface Shape {
  Params: { flow: string }
}

/** `GET /api/flows/:flow` */
export function getFlow(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'GET',
    path: '/api/flows/:flow',
    tag: 'flows',
    summary: 'Show a flow',
    description: 'Its newest version and counts of executions by status and by node.',
    access: access.read,
    params: closedObject({ flow: field.name }, ['flow']),
    answers: { 200: { description: 'The flow.', schema: component('FlowDetails') } },
    errors: ['FLOW_NOT_FOUND'],
    handle: async (request) => {
      const { flow } = request.params
      const [view, nodes] = await Promise.all([
        showFlow(context, flow),
        context.engine.flows.nodeCounts(flow),
      ])
      return { ...view, nodes: Object.fromEntries(nodes) }
    },
  })
}
