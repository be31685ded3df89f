import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { closedObject, field, pageOf } from '../wire/field-schemas.ts'
import { flowVersionView } from '../wire/flow-view.ts'
import { requireVersionCursor } from './version.ts'

interface Shape {
  Params: { flow: string }
  Querystring: { limit?: number; cursor?: string }
}

/** `GET /api/flows/:flow/versions` */
export function listVersions(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'GET',
    path: '/api/flows/:flow/versions',
    tag: 'flows',
    summary: 'List the versions of a flow',
    description: 'Newest first, without their texts.',
    access: access.read,
    params: closedObject({ flow: field.name }, ['flow']),
    query: closedObject({ limit: field.limit, cursor: field.cursor }),
    answers: {
      200: { description: 'A page of versions.', schema: pageOf(component('FlowVersion')) },
    },
    errors: ['FLOW_NOT_FOUND', 'CURSOR_INVALID'],
    handle: async (request) => {
      const { limit = 50, cursor } = request.query
      const before = requireVersionCursor(cursor)
      const versions = await context.engine.flows.versions(request.params.flow)
      const rest = versions
        .filter(({ version }) => version < before)
        .toSorted((one, other) => other.version - one.version)
      const page = rest.slice(0, limit)
      const last = page.at(-1)
      return {
        items: page.map(flowVersionView),
        ...(rest.length > limit && last !== undefined ? { nextCursor: String(last.version) } : {}),
      }
    },
  })
}
