const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const openBrace = 0x7b
const closeBracket = 0x5d
const closeBrace = 0x7d

/**
 * Whether JSON in UTF-8 has more levels of nesting than allowed, without reading it: counts brackets
 * outside of strings. Of a text that is not JSON it says anything.
 */
export function isDeeperThan(json: Uint8Array, levels: number): boolean {
  // Each level needs two bytes at least.
  if (json.length <= 2 * levels) return false
  let depth = 0
  let isInString = false
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0
    if (byte === quote) isInString = !isInString
    else if (isInString) at += byte === backslash ? 1 : 0
    else if (byte === openBracket || byte === openBrace) depth += 1
    else if (byte === closeBracket || byte === closeBrace) depth -= 1
    if (depth > levels) return true
  }
  return false
}
