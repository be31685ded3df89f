import type { IncomingHttpHeaders } from 'node:http'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Authentication, Identity } from './authentication.ts'
import { createBrowserGuard } from './browser-guard.ts'
import { createIdentityFinder } from './find-identity.ts'
import { type Access, isAllowed } from './roles.ts'

/** What a request may not contain in the name that is recorded. */
// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const actorPattern = /^[^\u0000-\u001f\u007f]{1,200}$/

const anonymous: Identity = { actor: 'anonymous', roles: ['admin'] }
/** Whoever uses an open route while tokens are needed elsewhere. */
const nobody: Identity = { actor: 'anonymous', roles: [] }

/**
 * Decides whether a request may use a route, and who it comes from. Throws UNAUTHENTICATED,
 * FORBIDDEN, HOST_REFUSED, ORIGIN_REFUSED.
 */
export type Authorize = (
  request: { readonly method: string; readonly headers: IncomingHttpHeaders },
  needed: Access,
) => Identity

export function createAuthorize(authentication: Authentication): Authorize {
  if (authentication.mode === 'off') {
    const guard = createBrowserGuard(authentication.allowedHosts ?? [])
    return (request) => {
      guard(request.method, request.headers)
      return selfDeclared(request.headers)
    }
  }
  const findIdentity = createIdentityFinder(authentication.tokens)
  return (request, needed) => {
    if (needed === 'anyone') return nobody
    const identity = findIdentity(request.headers.authorization)
    if (isAllowed(identity.roles, needed)) return identity
    throw new SignalboxError(
      'FORBIDDEN',
      `expected a token with one of the roles ${[...needed, 'admin'].join(', ')}, found ${identity.roles.join(', ') || 'none'}`,
    )
  }
}

/** Without authentication a caller may say who it is; the name is a note, not a proof. */
function selfDeclared(headers: IncomingHttpHeaders): Identity {
  const actor = headers['x-signalbox-actor']
  if (typeof actor !== 'string' || !actorPattern.test(actor)) return anonymous
  return { actor, roles: anonymous.roles }
}
