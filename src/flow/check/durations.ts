const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/** A duration in the largest unit that fits evenly: `5m`, `90s`. */
export function durationText(durationMs: number): string {
  return durationSpellings(durationMs)[0] ?? `${durationMs}ms`
}

/** The ways to write a duration with one unit, shortest first. */
export function durationSpellings(durationMs: number): readonly string[] {
  return units
    .filter(([, unitMs]) => durationMs % unitMs === 0)
    .map(([name, unitMs]) => `${durationMs / unitMs}${name}`)
}
