import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { closedObject, field, pageOf } from '../wire/field-schemas.ts'
import { flowView } from '../wire/flow-view.ts'

interface Shape {
  Querystring: { limit?: number; cursor?: string }
}

/** `GET /api/flows` */
export function listFlows(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'GET',
    path: '/api/flows',
    tag: 'flows',
    summary: 'List flows',
    description: 'By name, each with its newest version and counts of executions by status.',
    access: access.read,
    query: closedObject({ limit: field.limit, cursor: field.cursor }),
    answers: { 200: { description: 'A page of flows.', schema: pageOf(component('Flow')) } },
    errors: [],
    handle: async (request) => {
      const { limit = 50, cursor = '' } = request.query
      const { flows } = context.engine
      const [records, counts] = await Promise.all([flows.list(), flows.counts()])
      const rest = records
        .filter(({ flow }) => flow > cursor)
        .toSorted((one, other) => (one.flow < other.flow ? -1 : 1))
      const page = rest.slice(0, limit)
      const last = page.at(-1)
      return {
        items: page.map((record) => flowView(record, counts.get(record.flow))),
        ...(rest.length > limit && last !== undefined ? { nextCursor: last.flow } : {}),
      }
    },
  })
}
