import { checkFlow as check } from '../../flow/index.ts'
import { limits } from '../../kernel/limits.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { exploreInThread } from './explore-in-thread.ts'
import { flowMediaTypes, formatOf } from './flow-text.ts'

interface Shape {
  Querystring: { file?: string; explore?: boolean }
  Body: string
}

/** `POST /api/flows/check` */
export function checkFlow(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/flows/check',
    tag: 'flows',
    summary: 'Check the text of a flow',
    description:
      'Nothing is stored. With explore, the state space is searched for stuck executions and compensation gaps.',
    access: access.design,
    query: closedObject({
      file: { ...field.name, description: 'a file name, for messages' },
      explore: { type: 'boolean' },
    }),
    textBody: flowMediaTypes,
    bodyBytesMax: limits.flowTextBytes,
    answers: {
      200: {
        description: 'The findings, and the graph if the text has nodes.',
        schema: closedObject(
          {
            diagnostics: { type: 'array', items: component('Diagnostic') },
            graph: component('FlowGraph'),
          },
          ['diagnostics'],
        ),
      },
    },
    errors: ['BUSY'],
    handle: async (request) => {
      const format = formatOf(request)
      const { file, explore = false } = request.query
      const source = {
        text: request.body,
        ...(format === undefined ? {} : { format }),
        ...(file === undefined ? {} : { file }),
      }
      const compileContext = context.compileContext ?? {}
      const { diagnostics, graph } = explore
        ? await exploreInThread({ source, context: compileContext })
        : check(source, compileContext)
      return { diagnostics, ...(graph === undefined ? {} : { graph }) }
    },
  })
}
