import { randomFillSync } from 'node:crypto'

const pool = new Uint8Array(4096)
let poolOffset = pool.length
let lastMs = 0
let counter = 0

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/**
 * A UUID of version 7 (RFC 9562): the time in milliseconds, then a 12-bit counter that keeps ids of
 * one millisecond in order (method 1 of §6.2), then 62 random bits. Ids that grow with time keep the
 * store's indexes writing at their right edge.
 */
export function newUuidV7(now: number): string {
  if (now > lastMs) {
    lastMs = now
    counter = 0
  } else if (counter < 0xfff) counter += 1
  else {
    lastMs += 1
    counter = 0
  }
  const random = randomBytes8()
  const time = lastMs.toString(16).padStart(12, '0')
  const b = (index: number): string => hex[pool[random + index] ?? 0] ?? ''
  const variant = hex[0x80 | ((pool[random] ?? 0) & 0x3f)]
  const sequence = counter.toString(16).padStart(3, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}-${variant}${b(1)}-${b(2)}${b(3)}${b(4)}${b(5)}${b(6)}${b(7)}`
}

/** The offset of eight fresh random bytes in the pool. */
function randomBytes8(): number {
  if (poolOffset + 8 > pool.length) {
    randomFillSync(pool)
    poolOffset = 0
  }
  poolOffset += 8
  return poolOffset - 8
}
