import { flowToMermaid } from '../../flow/picture/mermaid.ts'
import type { HttpContext } from '../context.ts'
import type { Route } from '../route.ts'
import { flowRendering } from './flow-rendering.ts'

/** `GET /api/flows/:flow/diagram.mmd` */
export function getDiagram(context: HttpContext): Route {
  return flowRendering(context, {
    file: 'diagram.mmd',
    summary: 'Draw a flow as a Mermaid diagram',
    mediaType: 'text/vnd.mermaid',
    render: flowToMermaid,
  })
}
