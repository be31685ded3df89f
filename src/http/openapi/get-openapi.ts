import { access } from '../auth/roles.ts'
import { defineRoute, type Route } from '../route.ts'

/** `GET /openapi.json` */
export function getOpenapi(): Route {
  let text: string | undefined
  return defineRoute({
    method: 'GET',
    path: '/openapi.json',
    tag: 'reference',
    summary: 'Read the API as an OpenAPI document',
    description: 'Made of the schemas that requests are validated with.',
    access: access.anyone,
    answers: {
      200: { description: 'The document.', schema: { type: 'object', additionalProperties: true } },
    },
    errors: [],
    handle: (request, reply) => {
      text ??= JSON.stringify(request.server.swagger())
      reply.type('application/json; charset=utf-8').send(text)
    },
  })
}
