import { isIP, isIPv4 } from 'node:net'

/** Tells whether a host (a name or an address, without port) can only be reached on this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (isIP(name) === 0) return name === 'localhost' || name.endsWith('.localhost')
  if (isIPv4(name)) return name.startsWith('127.')
  return name === '::1' || name === '0:0:0:0:0:0:0:1' || name.startsWith('::ffff:127.')
}

/** The host of a `Host` header, without its port; undefined if it is not one. */
export function hostOfHeader(header: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]/@\s]+)(:\d{1,5})?$/i.exec(header)
  return match?.[1]?.toLowerCase()
}
