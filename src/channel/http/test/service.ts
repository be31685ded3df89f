import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'

/** A request that a service has received and not answered yet. */
export interface ServiceRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** Fulfilled when it has left the service. */
  respond(status: number, body?: string, headers?: Record<string, string>): Promise<void>
  /** Hangs up without an answer. */
  hangUp(): void
  readonly response: ServerResponse
}

/** A real HTTP server on a free port that answers when the test says so. */
export interface Service {
  readonly url: string
  /** Waits until that many requests have come, and answers those not taken yet. */
  take(count: number): Promise<readonly ServiceRequest[]>
  /** What else comes while the channel has nothing to wait for. */
  rest(): Promise<readonly ServiceRequest[]>
  close(): Promise<void>
}

const probePath = '/probe'

export async function startService(): Promise<Service> {
  const arrived: ServiceRequest[] = []
  const watchers = new Set<() => void>()
  const server = createServer((request, response) => void receive(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  const url = `http://127.0.0.1:${address.port}`

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === probePath) {
      response.end()
      return
    }
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    arrived.push(requestOf(request, response, text))
    for (const watcher of watchers) watcher()
  }

  return {
    url,
    async take(count) {
      while (arrived.length < count) {
        const { promise, resolve } = Promise.withResolvers<void>()
        watchers.add(resolve)
        await promise
        watchers.delete(resolve)
      }
      return arrived.splice(0, count)
    },
    async rest() {
      // Requests of our own, each on a new connection: what left before them has arrived by then.
      for (let round = 0; round < 3; round += 1) {
        const probe = await fetch(`${url}${probePath}`, { headers: { connection: 'close' } })
        await probe.text()
      }
      return arrived.splice(0)
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function requestOf(
  request: IncomingMessage,
  response: ServerResponse,
  text: string,
): ServiceRequest {
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    text,
    async respond(status, body = '', headers = {}) {
      response.writeHead(status, headers)
      response.end(body)
      await once(response, 'close')
    },
    hangUp: () => void request.socket.destroy(),
    response,
  }
}
