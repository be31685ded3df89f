import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Authentication } from './authentication.ts'
import { isLoopback } from './loopback.ts'

/** Throws BIND_WITHOUT_AUTH when others could reach the address and nobody would ask who they are. */
export function requireProtectedAddress(host: string, auth: Authentication): void {
  // A name below `.localhost` is looked up, and may lead elsewhere.
  const isOpen = !isLoopback(host) || host.toLowerCase().endsWith('.localhost')
  if (auth.mode === 'tokens' || !isOpen) return
  throw new SignalboxError(
    'BIND_WITHOUT_AUTH',
    `expected at least one token in auth.tokens because http.host is open to others, found host ${host} and no token. ` +
      'Make one with "signalbox token admin --role admin", or listen on 127.0.0.1',
  )
}
