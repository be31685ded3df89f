import type { FlowStatus } from '../../store/store.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { showFlow } from './find-flow.ts'

interface Shape {
  Params: { flow: string }
  Body: { status: FlowStatus }
}

/** `PATCH /api/flows/:flow` */
export function changeFlow(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'PATCH',
    path: '/api/flows/:flow',
    tag: 'flows',
    summary: 'Pause, resume or retire a flow',
    description:
      'A paused or retired flow accepts no new executions; those that run go on. active resumes it.',
    access: access.switchFlow,
    params: closedObject({ flow: field.name }, ['flow']),
    body: closedObject({ status: { enum: ['active', 'paused', 'retired'] } }, ['status']),
    answers: { 200: { description: 'The flow.', schema: component('Flow') } },
    errors: ['FLOW_NOT_FOUND'],
    handle: async (request) => {
      const { flow } = request.params
      await context.engine.flows.setStatus(flow, request.body.status)
      return showFlow(context, flow)
    },
  })
}
