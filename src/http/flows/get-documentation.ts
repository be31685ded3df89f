import { flowToMarkdown } from '../../flow/picture/markdown.ts'
import type { HttpContext } from '../context.ts'
import type { Route } from '../route.ts'
import { flowRendering } from './flow-rendering.ts'

/** `GET /api/flows/:flow/documentation.md` */
export function getDocumentation(context: HttpContext): Route {
  return flowRendering(context, {
    file: 'documentation.md',
    summary: 'Document a flow in Markdown',
    mediaType: 'text/markdown',
    render: flowToMarkdown,
  })
}
