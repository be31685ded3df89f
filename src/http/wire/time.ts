let lastMs = Number.NaN
let lastText = ''

/** Milliseconds since 1970 as the API writes times. Neighbours in a list often share theirs. */
export function toIso(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString()
    lastMs = ms
  }
  return lastText
}
