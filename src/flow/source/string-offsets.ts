/**
 * Finds where each character of a text value stands in the source: quotes, escapes, indentation and
 * folded lines lie between the two. `span` is the value's place in the source text.
 */
export function sourceOffsets(
  text: string,
  span: { readonly start: number; readonly end: number },
  value: string,
): readonly number[] {
  const raw = text.slice(span.start, span.end)
  if (raw.startsWith('"')) return doubleQuoted(raw, value).map((offset) => offset + span.start)
  return aligned(raw, value).map((offset) => offset + span.start)
}

const escapeLengths: ReadonlyMap<string, number> = new Map([
  ['x', 4],
  ['u', 6],
  ['U', 10],
])

function doubleQuoted(raw: string, value: string): number[] {
  const offsets: number[] = []
  let at = 1
  for (let index = 0; index < value.length; index += 1) {
    const char = value[index]
    if (raw[at] === '\\') {
      // An escaped line end stands for nothing, the indentation after it neither.
      const lineEnd = /^\\\r?\n[ \t]*/.exec(raw.slice(at))
      if (lineEnd) at += lineEnd[0].length
    }
    if (raw[at] === '\\') {
      offsets.push(at)
      const length = escapeLengths.get(raw[at + 1] ?? '') ?? 2
      // A character beyond the basic plane is two units of the value and one escape.
      if (length === 10 && index + 1 < value.length && isHighSurrogate(value, index)) {
        offsets.push(at)
        index += 1
      }
      at += length
    } else {
      at = alignOne(raw, at, char ?? '')
      offsets.push(at)
      at += 1
    }
  }
  offsets.push(at)
  return offsets
}

/** Plain, single-quoted and block texts: walks both, skipping what only the source has. */
function aligned(raw: string, value: string): number[] {
  const singleQuoted = raw.startsWith("'")
  const header = /^[|>][^\n]*\n/.exec(raw)
  let at = singleQuoted ? 1 : (header?.[0].length ?? 0)
  const offsets: number[] = []
  for (const char of value.split('')) {
    at = alignOne(raw, at, char)
    offsets.push(at)
    at += singleQuoted && char === "'" ? 2 : 1
  }
  offsets.push(at)
  return offsets
}

/** The offset at which `char` stands, `at` or after white space that the value does not have. */
function alignOne(raw: string, at: number, char: string): number {
  if (raw[at] === char) return at
  let next = at
  while (next < raw.length && /\s/.test(raw[next] ?? '') && raw[next] !== char) next += 1
  // A folded line end is a space in the value and a line break with indentation in the source.
  return raw[next] === char ? next : at
}

function isHighSurrogate(value: string, index: number): boolean {
  const unit = value.charCodeAt(index)
  return unit >= 0xd800 && unit <= 0xdbff
}
