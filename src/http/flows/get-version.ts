import { compileFlow } from '../../flow/index.ts'
import type { CompiledVersion } from '../../engine/engine.ts'
import type { FlowGraph } from '../../flow/graph.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { flowVersionView } from '../wire/flow-view.ts'
import { readVersion, versionParameter } from './version.ts'

interface Shape {
  Params: { flow: string; version: string }
}

/** `GET /api/flows/:flow/versions/:version` */
export function getVersion(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'GET',
    path: '/api/flows/:flow/versions/:version',
    tag: 'flows',
    summary: 'Show a version of a flow',
    description: 'With its text and the compiled graph.',
    access: access.read,
    params: closedObject({ flow: field.name, version: versionParameter }, ['flow', 'version']),
    answers: { 200: { description: 'The version.', schema: component('FlowVersionDetails') } },
    errors: ['FLOW_NOT_FOUND', 'FLOW_VERSION_NOT_FOUND'],
    handle: async (request) => {
      const { flow, version } = request.params
      const compiled = await context.engine.flows.get(flow, readVersion(version))
      const { record } = compiled
      return { ...flowVersionView(record), text: record.text, graph: graphOf(context, compiled) }
    },
  })
}

/** The graph of a published version, which compiles because it was published. */
export function graphOf(context: HttpContext, { record }: CompiledVersion): FlowGraph {
  const { graph } = compileFlow(
    { text: record.text, format: record.format },
    context.compileContext,
  )
  if (graph === undefined)
    throw new Error(`version ${record.version} of ${record.flow} has no graph`)
  return graph
}
