import type { AddressInfo } from 'node:net'

/** What a server process of the bench says to its parent when it can be reached. */
export interface Listening {
  readonly kind: 'listening'
  readonly url: string
}

export function reportUrl(server: { address(): AddressInfo | string | null }): void {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('Expected a TCP port.')
  const message: Listening = { kind: 'listening', url: `http://127.0.0.1:${address.port}` }
  process.send?.(message)
}
