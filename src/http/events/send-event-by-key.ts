import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { type EventBody, eventProperties, sendEvent } from './event-answer.ts'

interface Shape {
  Body: EventBody & { flow: string; key: string }
}

/** `POST /api/events` */
export function sendEventByKey(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/events',
    tag: 'events',
    summary: 'Send an event by business key',
    description:
      'To the newest unfinished execution of the flow with this key, else to the newest of all.',
    access: access.run,
    body: closedObject(
      {
        flow: field.name,
        key: { ...field.id, description: 'a business key without control characters' },
        ...eventProperties,
      },
      ['flow', 'key', 'event'],
    ),
    answers: { 200: { description: 'What came of it.', schema: component('EventAnswer') } },
    errors: [
      'FLOW_NOT_FOUND',
      'EXECUTION_NOT_FOUND',
      'EXECUTION_FINISHED',
      'EVENT_UNEXPECTED',
      'EVENT_INVALID',
      'EVENTS_KEPT_LIMIT',
      'BUSY',
    ],
    handle: async (request) => {
      const { flow, key, ...event } = request.body
      return sendEvent(context, await context.engine.executions.resolveKey(flow, key), event)
    },
  })
}
