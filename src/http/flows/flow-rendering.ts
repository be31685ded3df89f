import type { FlowGraph } from '../../flow/graph.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { graphOf } from './get-version.ts'
import { versionQuery } from './version.ts'

interface Rendering {
  /** The last part of the path. */
  readonly file: string
  readonly summary: string
  readonly mediaType: string
  readonly render: (graph: FlowGraph) => string
}

interface Shape {
  Params: { flow: string }
  Querystring: { version?: number }
}

/** A route that shows a version of a flow as text. */
export function flowRendering(context: HttpContext, rendering: Rendering): Route {
  const { file, summary, mediaType, render } = rendering
  return defineRoute<Shape>({
    method: 'GET',
    path: `/api/flows/:flow/${file}`,
    tag: 'flows',
    summary,
    access: access.read,
    params: closedObject({ flow: field.name }, ['flow']),
    query: closedObject({ version: versionQuery }),
    answers: { 200: { description: 'The text.', mediaType, schema: { type: 'string' } } },
    errors: ['FLOW_NOT_FOUND', 'FLOW_VERSION_NOT_FOUND'],
    handle: async (request, reply) => {
      const { flow } = request.params
      const compiled = await context.engine.flows.get(flow, request.query.version)
      return reply
        .type(`${mediaType}; charset=utf-8`)
        .header('x-content-type-options', 'nosniff')
        .send(render(graphOf(context, compiled)))
    },
  })
}
