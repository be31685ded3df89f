import { isIPv4 } from 'node:net'
import { SignalboxError } from '../errors/signalbox-error.ts'
import type { Configuration } from './configuration.ts'

/** An address that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (bare === 'localhost' || bare === '::1' || bare === '::ffff:127.0.0.1') return true
  return isIPv4(bare) && bare.startsWith('127.')
}

/** Throws BIND_WITHOUT_AUTH when others could reach the port and nobody would ask who they are. */
export function requireSafeBind(configuration: Configuration): void {
  const { host } = configuration.http
  if (isLoopback(host) || configuration.auth.tokens.length > 0) return
  throw new SignalboxError(
    'BIND_WITHOUT_AUTH',
    `expected at least one token in auth.tokens because http.host is open to others, found host ${host} and no token. ` +
      'Make one with "signalbox token admin --role admin", or listen on 127.0.0.1',
  )
}
