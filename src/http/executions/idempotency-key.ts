import { hash } from 'node:crypto'

/**
 * The execution id that an `Idempotency-Key` stands for: always the same for the same key, in the
 * form of a UUID of version 8 (custom).
 */
export function idOfIdempotencyKey(key: string | undefined): string | undefined {
  if (key === undefined) return undefined
  const digest = hash('sha256', `signalbox:idempotency-key:${key}`, 'hex')
  const variant = ((Number.parseInt(digest[16] ?? '0', 16) & 0x3) | 0x8).toString(16)
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-')
}
