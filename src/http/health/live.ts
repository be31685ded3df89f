import { access } from '../auth/roles.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject } from '../wire/field-schemas.ts'

/** `GET /health/live` */
export function healthLive(): Route {
  return defineRoute({
    method: 'GET',
    path: '/health/live',
    tag: 'operations',
    summary: 'Tell that the process answers',
    description: 'Restart it when this does not answer; nothing else is looked at.',
    access: access.anyone,
    answers: {
      200: {
        description: 'It does.',
        schema: closedObject({ status: { const: 'ok' } }, ['status']),
      },
    },
    errors: [],
    handle: () => ({ status: 'ok' }),
  })
}
