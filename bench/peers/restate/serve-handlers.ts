import { createServer } from 'node:http2'
import { createEndpointHandler, type EndpointOptions } from '@restatedev/restate-sdk'
import { reportUrl } from '../../measure/report-url.ts'

/** Offers handlers to Restate's server on loopback, over HTTP/2 as the SDK prefers it. */
export function serveHandlers(services: EndpointOptions['services']): void {
  const server = createServer(createEndpointHandler({ services }))
  server.listen(0, '127.0.0.1', () => reportUrl(server))
}
