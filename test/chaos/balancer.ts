import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** One address for several servers, as a load balancer in front of replicas is. */
export interface Balancer {
  readonly url: string
  close(): Promise<void>
}

/**
 * Gives each connection to the next server by turns, or to the one after that where nobody listens.
 * A connection stays with its server, and ends with it.
 */
export async function openBalancer(ports: readonly number[]): Promise<Balancer> {
  const clients = new Set<Socket>()
  let turn = 0
  const server = createServer((client) => {
    clients.add(client)
    client.on('error', () => client.destroy())
    client.once('close', () => clients.delete(client))
    turn += 1
    attach(client, rotate(ports, turn))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const client of clients) client.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

function attach(client: Socket, [port, ...others]: readonly number[]): void {
  if (port === undefined) {
    client.destroy()
    return
  }
  const upstream = connect(port, '127.0.0.1')
  let isConnected = false
  upstream.once('connect', () => {
    isConnected = true
    client.pipe(upstream).pipe(client)
  })
  upstream.on('error', () => {
    if (isConnected) client.destroy()
    else attach(client, others)
  })
  // A server that was killed resets or just ends its connections; both end the client's.
  upstream.once('close', () => {
    if (isConnected) client.destroy()
  })
  client.once('close', () => upstream.destroy())
}

function rotate(ports: readonly number[], by: number): readonly number[] {
  const start = by % ports.length
  return [...ports.slice(start), ...ports.slice(0, start)]
}
