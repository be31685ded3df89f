import { type Buffer, isUtf8 } from 'node:buffer'

const blockBytes = 4_096

/**
 * Says where a text stops being UTF-8. It looks block by block first, so that a large body does not
 * cost a call per character.
 */
export function describeInvalidUtf8(body: Buffer): string {
  let at = 0
  for (let end = boundary(body, blockBytes); end > at; end = boundary(body, at + blockBytes)) {
    if (!isUtf8(body.subarray(at, end))) break
    at = end
  }
  for (let length = characterBytes(body[at]); length > 0; length = characterBytes(body[at])) {
    if (!isUtf8(body.subarray(at, at + length)) || at + length > body.length) break
    at += length
  }
  const byte = body[at] ?? 0
  return `expected UTF-8, found the byte 0x${byte.toString(16).padStart(2, '0')} at offset ${at}`
}

/** The nearest beginning of a character at or before an offset. */
function boundary(body: Buffer, offset: number): number {
  let at = Math.min(offset, body.length)
  for (let back = 0; back < 3 && isContinuation(body[at]); back += 1) at -= 1
  return at
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0
}

/** How long the character is that begins with this byte; 0: none does. */
function characterBytes(first: number | undefined): number {
  if (first === undefined) return 0
  if (first < 0x80) return 1
  if (first < 0xc2) return 0
  if (first < 0xe0) return 2
  if (first < 0xf0) return 3
  return first < 0xf5 ? 4 : 0
}
