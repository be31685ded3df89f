import { createServer } from 'node:http'
import type { OrderInput } from '../../order-saga/order-data.ts'
import { reportUrl } from '../../measure/report-url.ts'

/**
 * The door of a peer that is a library inside the application: an order is posted, and answered when
 * its saga has ended. Node's own server, which is the least there is.
 */
export function serveOrders(
  run: (order: OrderInput) => Promise<{ readonly status: string }>,
): Promise<void> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', async () => {
      try {
        response.end(JSON.stringify(await run(JSON.parse(body) as OrderInput)))
      } catch (error) {
        response.writeHead(500).end(String(error))
      }
    })
  })
  server.listen(0, '127.0.0.1', () => reportUrl(server))
  return new Promise((resolve) => {
    process.once('SIGTERM', () => {
      server.close(() => resolve())
      server.closeIdleConnections()
    })
  })
}
