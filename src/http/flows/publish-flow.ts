import { limits } from '../../kernel/limits.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { flowMediaTypes, formatOf } from './flow-text.ts'

interface Shape {
  Querystring: { file?: string }
  Body: string
}

/** `POST /api/flows` */
export function publishFlow(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/flows',
    tag: 'flows',
    summary: 'Publish a flow',
    description:
      'The body is the text of the flow, YAML or JSON. The text of the newest version again makes no new one.',
    access: access.design,
    query: closedObject({ file: { ...field.name, description: 'a file name, for messages' } }),
    textBody: flowMediaTypes,
    bodyBytesMax: limits.flowTextBytes,
    answers: {
      200: { description: 'The text is published already.', schema: publishedSchema },
      201: { description: 'A new version.', schema: publishedSchema },
    },
    errors: ['FLOW_INVALID'],
    handle: async (request, reply) => {
      const format = formatOf(request)
      const { file } = request.query
      const { version, created, diagnostics } = await context.engine.flows.publish({
        text: request.body,
        ...(format === undefined ? {} : { format }),
        ...(file === undefined ? {} : { fileName: file }),
        actor: request.identity.actor,
      })
      if (created) {
        const path = `/api/flows/${encodeURIComponent(version.flow)}/versions/${version.version}`
        reply.code(201).header('location', path)
      }
      const { flow, kind, hash } = version
      return { flow, kind, version: version.version, hash, diagnostics }
    },
  })
}

const publishedSchema = closedObject(
  {
    flow: { type: 'string' },
    kind: { enum: ['saga', 'process'] },
    version: { type: 'integer' },
    hash: { type: 'string' },
    diagnostics: { type: 'array', items: component('Diagnostic') },
  },
  ['flow', 'kind', 'version', 'hash', 'diagnostics'],
)
