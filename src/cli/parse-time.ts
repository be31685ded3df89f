import { InvalidArgumentError } from 'commander'

const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** An ISO 8601 time, or how long ago (`10m`, `2h`, `3d`), as the API takes it. */
export function parseTime(text: string): string {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count !== undefined && unit !== undefined) {
    return new Date(Date.now() - Number(count) * (unitsMs[unit] ?? 0)).toISOString()
  }
  const ms = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) {
    throw new InvalidArgumentError('Expected a time such as 2030-01-31T12:00:00Z, or 10m, 2h, 3d.')
  }
  return new Date(ms).toISOString()
}
