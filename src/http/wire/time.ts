/** Milliseconds since 1970 as the API writes times. */
export function toIso(ms: number): string {
  return new Date(ms).toISOString()
}
