import { hash, randomBytes } from 'node:crypto'

/**
 * The SHA-256 of a token, in hex: what the configuration holds instead of the token. One round is
 * enough, because tokens are random (256 bits), not words that people choose.
 */
export function hashToken(token: string): string {
  return hash('sha256', token, 'hex')
}

/** A new random token. The prefix lets secret scanners recognise one that was published by mistake. */
export function createToken(): string {
  return `sb_${randomBytes(32).toString('base64url')}`
}
