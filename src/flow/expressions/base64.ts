import { fail } from './failure.ts'
import { utf8 } from './sha256.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 (RFC 4648) of a text's UTF-8 bytes, with padding. */
export function encodeBase64(text: string): string {
  const bytes = utf8(text)
  let result = ''
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index
    const bits =
      ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0)
    result += alphabet.charAt(bits >> 18) + alphabet.charAt((bits >> 12) & 63)
    result += left > 1 ? alphabet.charAt((bits >> 6) & 63) : '='
    result += left > 2 ? alphabet.charAt(bits & 63) : '='
  }
  return result
}

/** The text of base64, with or without padding, of the usual or the URL alphabet. */
export function decodeBase64(encoded: string): string {
  const letters = encoded.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  const bytes: number[] = []
  let bits = 0
  let count = 0
  for (const letter of letters) {
    const value = alphabet.indexOf(letter)
    if (value === -1) fail('Expected base64, found a character that it does not have.')
    bits = ((bits << 6) | value) & 0xff_ffff
    count += 6
    if (count >= 8) {
      count -= 8
      bytes.push((bits >> count) & 0xff)
    }
  }
  if (letters.length % 4 === 1) fail('Expected base64, found a text whose end is missing.')
  return decodeUtf8(bytes)
}

function decodeUtf8(bytes: readonly number[]): string {
  const escaped = bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  try {
    return decodeURIComponent(escaped)
  } catch {
    return fail('Expected the base64 of a UTF-8 text, found other bytes.')
  }
}
