import { once } from 'node:events'
import { createServer } from 'node:net'

/** Ports of the loopback interface that nobody uses at this moment. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  })
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

/**
 * Free ports below those that systems hand out by themselves: for a program that cannot say
 * a higher one.
 */
export async function lowFreePorts(count: number): Promise<readonly number[]> {
  const found: number[] = []
  for (let port = 20_000 + (process.pid % 5_000); found.length < count; port += 1) {
    const server = createServer()
    const listening = once(server, 'listening').then(
      () => true,
      () => false,
    )
    server.listen(port, '127.0.0.1')
    if (await listening) {
      await once(server.close(), 'close')
      found.push(port)
    }
  }
  return found
}
