import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A load balancer as simple as they come: each request goes to the next server. */
export interface RoundRobin {
  readonly url: string
  /** How many requests each server was given, by path. */
  requestsTo(url: string, path: RegExp): number
  close(): Promise<void>
}

export async function startRoundRobin(urls: readonly string[]): Promise<RoundRobin> {
  const given: { readonly url: string; readonly path: string }[] = []
  let turn = 0

  function forward(incoming: IncomingMessage, answer: ServerResponse): void {
    turn = (turn + 1) % urls.length
    const url = urls[turn] ?? ''
    const path = incoming.url ?? ''
    given.push({ url, path })
    const { method, headers } = incoming
    const outgoing = request(url + path, { ...(method && { method }), headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
      response.on('error', () => answer.destroy())
    })
    outgoing.on('error', () => {
      if (answer.headersSent) answer.destroy()
      else answer.writeHead(502).end('nobody is there')
    })
    answer.on('close', () => outgoing.destroy())
    incoming.pipe(outgoing)
  }

  const server = createServer(forward)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requestsTo: (url, path) => given.filter((one) => one.url === url && path.test(one.path)).length,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
