import { fromMillis, pad, toMillis } from '../calendar.ts'
import type { DateTime } from '../calendar.ts'
import { fail } from '../failure.ts'
import type { Timestamp } from '../value.ts'

/** A point in time as a calendar and a clock of some place show it. */
export interface DateParts extends DateTime {
  /** 0 … 6, from Sunday. */
  readonly weekday: number
  readonly offsetMinutes: number
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const letters: Readonly<Record<string, (parts: DateParts) => string>> = {
  yyyy: (parts) => pad(parts.year, 4),
  yy: (parts) => pad(parts.year % 100, 2),
  MMMM: (parts) => monthNames[parts.month - 1] ?? '',
  MMM: (parts) => (monthNames[parts.month - 1] ?? '').slice(0, 3),
  MM: (parts) => pad(parts.month, 2),
  M: (parts) => String(parts.month),
  dd: (parts) => pad(parts.day, 2),
  d: (parts) => String(parts.day),
  EEEE: (parts) => dayNames[parts.weekday] ?? '',
  EEE: (parts) => (dayNames[parts.weekday] ?? '').slice(0, 3),
  HH: (parts) => pad(parts.hour, 2),
  H: (parts) => String(parts.hour),
  hh: (parts) => pad(parts.hour % 12 || 12, 2),
  h: (parts) => String(parts.hour % 12 || 12),
  a: (parts) => (parts.hour < 12 ? 'AM' : 'PM'),
  mm: (parts) => pad(parts.minute, 2),
  m: (parts) => String(parts.minute),
  ss: (parts) => pad(parts.second, 2),
  s: (parts) => String(parts.second),
  SSS: (parts) => pad(parts.millisecond, 3),
  XXX: (parts) => offset(parts),
}

/** Formats by the letters of Unicode's date patterns; text between `'…'` stands for itself. */
export function formatDate(timestamp: Timestamp, pattern: string, zone: string): string {
  if (pattern.length > 200) return fail('Expected a pattern of at most 200 characters.')
  const parts = partsIn(timestamp, zone)
  return pattern.replace(/'((?:[^']|'')*)'|([A-Za-z])\2*/g, (run, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted === '' ? "'" : quoted.replaceAll("''", "'")
    const write = Object.hasOwn(letters, run) ? letters[run] : undefined
    if (write === undefined) {
      return fail(`Expected letters such as yyyy-MM-dd HH:mm:ss in the pattern, found \`${run}\`.`)
    }
    return write(parts)
  })
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Reads a point in time in a time zone of the IANA database. */
export function partsIn({ ms }: Timestamp, zone: string): DateParts {
  const offsetMinutes = zone === 'UTC' ? 0 : offsetOf(ms, zone)
  return { ...fromMillis(ms + offsetMinutes * 60_000), offsetMinutes }
}

function offsetOf(ms: number, zone: string): number {
  const parts = formatterOf(zone).formatToParts(ms)
  const read = (type: string): number =>
    Number(parts.find((candidate) => candidate.type === type)?.value ?? 0)
  const local = toMillis({
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour') % 24,
    minute: read('minute'),
    second: read('second'),
    millisecond: 0,
  })
  return Math.round((local - Math.floor(ms / 1000) * 1000) / 60_000)
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone)
  if (known !== undefined) return known
  try {
    const made = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    // The database has some hundred zones and as many other names for them.
    if (formatters.size < 1_000) formatters.set(zone, made)
    return made
  } catch {
    return fail(`Expected a time zone such as \`Europe/Rome\`, found another text.`)
  }
}

function offset({ offsetMinutes }: DateParts): string {
  if (offsetMinutes === 0) return 'Z'
  const minutes = Math.abs(offsetMinutes)
  return `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`
}
