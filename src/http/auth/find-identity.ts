import { Buffer } from 'node:buffer'
import { timingSafeEqual } from 'node:crypto'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { ApiToken, Identity } from './authentication.ts'
import { hashToken } from './hash-token.ts'

const sha256Hex = /^[0-9a-f]{64}$/

/**
 * Makes the function that tells whose token an `Authorization` header carries. It throws
 * UNAUTHENTICATED. Every configured hash is compared, each in constant time, so that the time of
 * the answer says nothing about the tokens.
 */
export function createIdentityFinder(
  tokens: readonly ApiToken[],
): (authorization: string | undefined) => Identity {
  const known = tokens.map((token) => {
    if (!sha256Hex.test(token.sha256)) {
      throw new SignalboxError(
        'CONFIG_INVALID',
        `expected the hash of token "${token.name}" to be 64 hex digits (SHA-256), found something else`,
      )
    }
    return {
      hash: Buffer.from(token.sha256, 'hex'),
      identity: { actor: token.name, roles: token.roles },
    }
  })
  return (authorization) => {
    const presented = Buffer.from(hashToken(bearerToken(authorization)), 'hex')
    let found: Identity | undefined
    for (const { hash, identity } of known) {
      if (timingSafeEqual(hash, presented)) found = identity
    }
    if (found === undefined) {
      throw new SignalboxError(
        'UNAUTHENTICATED',
        'expected a token that is configured, found one that is not',
      )
    }
    return found
  }
}

function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined) {
    throw new SignalboxError(
      'UNAUTHENTICATED',
      'expected the header "Authorization: Bearer TOKEN", found none',
    )
  }
  const match = /^bearer +([\w\-.~+/]+=*) *$/i.exec(authorization)
  if (match?.[1] === undefined) {
    throw new SignalboxError(
      'UNAUTHENTICATED',
      'expected the header "Authorization: Bearer TOKEN", found another scheme or a malformed token',
    )
  }
  return match[1]
}
