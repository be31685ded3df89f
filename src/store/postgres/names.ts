/** PostgreSQL's text holds every character but this one, and nothing that is not Unicode. */
const refused = /[\u0000\u0001]|\p{Surrogate}/gu
const needsCare = /[\u0000\u0001]/
const escaped = /\u0001([0-9a-f]{4})/g

/**
 * A name from outside as a text that PostgreSQL takes. Character by character, so that the beginning
 * of a name stays the beginning of its encoded form.
 */
export function encodeName(name: string): string {
  if (!needsCare.test(name) && name.isWellFormed()) return name
  return name.replace(
    refused,
    (character) => `\u0001${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The name that was encoded. */
export function decodeName(text: string): string {
  if (!text.includes('\u0001')) return text
  return text.replace(escaped, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

export function encodeNullable(name: string | null): string | null {
  return name === null ? null : encodeName(name)
}

export function decodeNullable(text: string | null): string | null {
  return text === null ? null : decodeName(text)
}
