import type { IncomingHttpHeaders } from 'node:http'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { hostOfHeader, isLoopback } from './loopback.ts'

/** Host headers are few; the bound keeps a hostile client from filling the memory. */
const rememberedHostsMax = 100

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * While authentication is off, only the address protects: whoever can reach the port may do
 * everything. A browser on this machine reaches it on behalf of any page it shows, so two doors are
 * closed: names that are not this machine's (DNS rebinding), and writes of other origins' pages.
 */
export function createBrowserGuard(
  allowedHosts: readonly string[],
): (method: string, headers: IncomingHttpHeaders) => void {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()))
  const accepted = new Set<string>()

  return (method, headers) => {
    const host = headers.host ?? ''
    if (!accepted.has(host)) {
      requireOwnHost(host, allowed)
      if (accepted.size < rememberedHostsMax) accepted.add(host)
    }
    if (!safeMethods.has(method)) requireOwnOrigin(host, headers)
  }
}

function requireOwnHost(host: string, allowed: ReadonlySet<string>): void {
  const name = hostOfHeader(host)
  if (name !== undefined && (isLoopback(name) || allowed.has(name))) return
  throw new SignalboxError(
    'HOST_REFUSED',
    `expected the Host header to name this machine (localhost, 127.0.0.1, [::1]) while authentication is off, found ${JSON.stringify(host)}`,
  )
}

function requireOwnOrigin(host: string, headers: IncomingHttpHeaders): void {
  const { origin } = headers
  const site = headers['sec-fetch-site']
  const ownOrigin =
    origin === undefined || origin === `http://${host}` || origin === `https://${host}`
  const ownSite = site === undefined || site === 'same-origin' || site === 'none'
  if (ownOrigin && ownSite) return
  throw new SignalboxError(
    'ORIGIN_REFUSED',
    `expected a write from Signalbox's own pages or from a program while authentication is off, found a page of ${JSON.stringify(origin ?? site)}`,
  )
}
