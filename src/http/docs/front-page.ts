import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { markdownToHtml } from './markdown-to-html.ts'

/** `GET /` */
export function frontPage(context: HttpContext): Route {
  return defineRoute({
    method: 'GET',
    path: '/',
    tag: 'reference',
    summary: 'See that this is Signalbox, and where to go on',
    access: access.anyone,
    answers: {
      200: { description: 'A page.', mediaType: 'text/html', schema: { type: 'string' } },
    },
    errors: [],
    handle: (_request, reply) => {
      reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
        .header('x-content-type-options', 'nosniff')
        .send(markdownToHtml(page(context.version), 'Running'))
    },
  })
}

const page = (version: string): string => `# Signalbox is running

Version ${version}.

- [The API, to read and to try](/docs)
- [The API as an OpenAPI document](/openapi.json)
- [Flows](/api/flows)
- [Executions](/api/executions)
- [Readiness](/health/ready)
- [Metrics](/metrics)
`
