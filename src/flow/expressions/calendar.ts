// The Gregorian calendar by arithmetic: the platform's `Date` would bring the clock along.

const dayMs = 86_400_000

/** A date and time without a zone. */
export interface DateTime {
  readonly year: number
  /** 1 … 12 */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
}

/** Milliseconds since 1970 of a date and time in UTC. */
export function toMillis(date: DateTime): number {
  const clock = ((date.hour * 60 + date.minute) * 60 + date.second) * 1000 + date.millisecond
  return daysOf(date.year, date.month, date.day) * dayMs + clock
}

/** The date and time in UTC; the weekday counts from Sunday as 0. */
export function fromMillis(ms: number): DateTime & { readonly weekday: number } {
  const days = Math.floor(ms / dayMs)
  const clock = ms - days * dayMs
  return {
    ...dateOf(days),
    weekday: (((days + 4) % 7) + 7) % 7,
    hour: Math.floor(clock / 3_600_000),
    minute: Math.floor(clock / 60_000) % 60,
    second: Math.floor(clock / 1000) % 60,
    millisecond: Math.floor(clock) % 1000,
  }
}

export function daysInMonth(year: number, month: number): number {
  const next = month === 12 ? daysOf(year + 1, 1, 1) : daysOf(year, month + 1, 1)
  return next - daysOf(year, month, 1)
}

/** ISO 8601 in UTC, with milliseconds. */
export function isoText(ms: number): string {
  const date = fromMillis(ms)
  const day = `${pad(date.year, 4)}-${pad(date.month, 2)}-${pad(date.day, 2)}`
  const clock = `${pad(date.hour, 2)}:${pad(date.minute, 2)}:${pad(date.second, 2)}`
  return `${day}T${clock}.${pad(date.millisecond, 3)}Z`
}

export function pad(value: number, length: number): string {
  return String(value).padStart(length, '0')
}

// Years that begin in March put the leap day last; 400 of them have 146,097 days.
const eraDays = 146_097
/** From 0000-03-01 to 1970-01-01. */
const epochDays = 719_468

function daysOf(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * eraDays + dayOfEra - epochDays
}

function dateOf(days: number): { year: number; month: number; day: number } {
  const shifted = days + epochDays
  const era = Math.floor(shifted / eraDays)
  const dayOfEra = shifted - era * eraDays
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365)
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  }
}
