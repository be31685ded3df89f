import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { eventBody, type EventBody, sendEvent } from './event-answer.ts'

interface Shape {
  Params: { id: string }
  Body: EventBody
}

/** `POST /api/executions/:id/events` */
export function sendEventToExecution(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/executions/:id/events',
    tag: 'events',
    summary: 'Send an event to an execution',
    description: 'Answers when it is durable. An id makes it idempotent.',
    access: access.run,
    params: closedObject({ id: field.id }, ['id']),
    body: eventBody,
    answers: { 200: { description: 'What came of it.', schema: component('EventAnswer') } },
    errors: [
      'EXECUTION_NOT_FOUND',
      'EXECUTION_FINISHED',
      'EVENT_UNEXPECTED',
      'EVENT_INVALID',
      'EVENTS_KEPT_LIMIT',
      'BUSY',
    ],
    handle: (request) => sendEvent(context, request.params.id, request.body),
  })
}
