import { SignalboxError } from '../../errors/signalbox-error.ts'
import { access } from '../auth/roles.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject } from '../wire/field-schemas.ts'
import { markdownToHtml } from './markdown-to-html.ts'
import { readPage } from './read-page.ts'

interface CodePages {
  readonly folder: 'errors' | 'diagnostics'
  readonly summary: string
  /** The title of a known code. */
  readonly titleOf: (code: string) => string | undefined
}

interface Shape {
  Params: { code: string }
}

/** The route of the pages of one catalogue: Markdown for programs, HTML for browsers. */
export function codePage({ folder, summary, titleOf }: CodePages): Route {
  return defineRoute<Shape>({
    method: 'GET',
    path: `/${folder}/:code`,
    tag: 'reference',
    summary,
    description: 'What happened, why, and what to do: Markdown, or HTML where it is preferred.',
    access: access.anyone,
    params: closedObject({ code: { type: 'string', maxLength: 100 } }, ['code']),
    answers: {
      200: { description: 'The page.', mediaType: 'text/markdown', schema: { type: 'string' } },
    },
    errors: ['ROUTE_NOT_FOUND'],
    handle: async (request, reply) => {
      const { code } = request.params
      const title = titleOf(code)
      if (title === undefined) {
        throw new SignalboxError(
          'ROUTE_NOT_FOUND',
          `expected a code of the catalogue, found ${JSON.stringify(code)}`,
        )
      }
      const markdown = (await readPage(folder, code)) ?? `# ${code}\n\n${title}.\n`
      reply.headers({ vary: 'accept', 'x-content-type-options': 'nosniff' })
      if (!(request.headers.accept ?? '').includes('text/html')) {
        return reply.type('text/markdown; charset=utf-8').send(markdown)
      }
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
        .send(markdownToHtml(markdown, code))
    },
  })
}
