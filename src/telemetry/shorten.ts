const charactersMax = 500

/** Messages of services come from outside: their beginning is enough to find the rest by. */
export function shorten(text: string): string {
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1)}…`
}
