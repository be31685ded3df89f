import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'

/** `GET /metrics` */
export function getMetrics(context: HttpContext): Route {
  return defineRoute({
    method: 'GET',
    path: '/metrics',
    tag: 'operations',
    summary: 'Read the metrics',
    description: 'In the text format of Prometheus.',
    access: access.read,
    answers: {
      200: { description: 'The metrics.', mediaType: 'text/plain', schema: { type: 'string' } },
    },
    errors: [],
    handle: async (_request, reply) => {
      reply.type(context.metrics.contentType)
      return context.metrics.text()
    },
  })
}
