/** PostgreSQL's text holds every character but this one. */
const refused = '\u0000'
/** Begins the form that others take: it and four digits of the character's code. */
const escape = '\u0001'

/**
 * A name from outside as a text that PostgreSQL takes. Character by character, so that the beginning
 * of a name stays the beginning of its encoded form.
 */
export function encodeName(name: string): string {
  if (!name.includes(refused) && !name.includes(escape) && name.isWellFormed()) return name
  // Halves of surrogate pairs are no Unicode; a spread gives them, and only them, alone.
  return [...name]
    .map((character) =>
      character === refused || character === escape || !character.isWellFormed()
        ? `${escape}${character.charCodeAt(0).toString(16).padStart(4, '0')}`
        : character,
    )
    .join('')
}

/** The name that was encoded. */
export function decodeName(text: string): string {
  if (!text.includes(escape)) return text
  const [first = '', ...rest] = text.split(escape)
  const decoded = rest.map(
    (part) => String.fromCharCode(Number.parseInt(part.slice(0, 4), 16)) + part.slice(4),
  )
  return first + decoded.join('')
}

export function encodeNullable(name: string | null): string | null {
  return name === null ? null : encodeName(name)
}

export function decodeNullable(text: string | null): string | null {
  return text === null ? null : decodeName(text)
}
