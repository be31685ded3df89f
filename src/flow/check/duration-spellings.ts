import { formatDuration } from '../duration.ts'

const unitsMs = [
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
] as const

/** The usual ways to write a duration: `1h30m`, then those with one unit: `90m`, `5400s`. */
export function durationSpellings(durationMs: number): readonly string[] {
  const withOneUnit = unitsMs
    .filter(([, unitMs]) => durationMs % unitMs === 0)
    .map(([unit, unitMs]) => `${durationMs / unitMs}${unit}`)
  return [formatDuration(durationMs), ...withOneUnit]
}
