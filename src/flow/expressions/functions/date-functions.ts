import { parseDuration } from '../../duration.ts'
import { daysInMonth, fromMillis, toMillis } from '../calendar.ts'
import { fail } from '../failure.ts'
import { duration, number, text, timestamp } from '../function.ts'
import type { ExpressionFunction } from '../function.ts'
import { moment } from '../operators.ts'
import { durationType, numberType, stringType, timestampType } from '../type.ts'
import { Duration, Timestamp } from '../value.ts'
import { formatDate, partsIn } from './format-date.ts'
import type { DateParts } from './format-date.ts'

export const dateFunctions: readonly ExpressionFunction[] = [
  {
    name: 'now',
    isVolatile: true,
    parameters: [],
    result: timestampType,
    run: (_, frame) => new Timestamp(frame.scope.message.at),
  },
  {
    name: 'timestamp',
    parameters: ['any'],
    result: timestampType,
    run: (values) => {
      const value = values[0]
      if (value instanceof Timestamp) return value
      return typeof value === 'number' ? moment(value * 1000) : parseDate(text(values, 0))
    },
  },
  {
    name: 'fromMillis',
    parameters: ['number'],
    result: timestampType,
    run: (values) => moment(number(values, 0)),
  },
  {
    name: 'duration',
    parameters: ['any'],
    result: durationType,
    run: (values) => {
      if (values[0] instanceof Duration) return values[0]
      const written = text(values, 0)
      const isNegative = written.startsWith('-')
      const ms = parseDuration(isNegative ? written.slice(1) : written)
      if (ms === undefined)
        return fail(`Expected a duration such as \`90s\` or \`1h30m\`, found another text.`)
      return new Duration(isNegative ? -ms : ms)
    },
  },
  {
    name: 'millis',
    parameters: ['any'],
    result: numberType,
    run: (values) => (values[0] instanceof Duration ? values[0].ms : timestamp(values, 0).ms),
  },
  lengthIn('inSeconds', 1_000),
  lengthIn('inMinutes', 60_000),
  lengthIn('inHours', 3_600_000),
  lengthIn('inDays', 86_400_000),
  {
    name: 'addMonths',
    parameters: ['timestamp', 'number'],
    result: timestampType,
    run: (values) => addMonths(timestamp(values, 0), number(values, 1)),
  },
  {
    name: 'format',
    parameters: ['timestamp', 'string', 'string'],
    required: 2,
    result: stringType,
    run: (values) => formatDate(timestamp(values, 0), text(values, 1), zoneOf(values, 2)),
  },
  part('getFullYear', (parts) => parts.year),
  part('getMonth', (parts) => parts.month - 1),
  part('getDate', (parts) => parts.day),
  part('getDayOfMonth', (parts) => parts.day - 1),
  part('getDayOfWeek', (parts) => parts.weekday),
  part('getHours', (parts) => parts.hour),
  part('getMinutes', (parts) => parts.minute),
  part('getSeconds', (parts) => parts.second),
  part('getMilliseconds', (parts) => parts.millisecond),
]

function zoneOf(values: Parameters<ExpressionFunction['run']>[0], index: number): string {
  return values.length > index ? text(values, index) : 'UTC'
}

function part(name: string, read: (parts: DateParts) => number): ExpressionFunction {
  return {
    name,
    parameters: ['timestamp', 'string'],
    required: 1,
    result: numberType,
    run: (values) => read(partsIn(timestamp(values, 0), zoneOf(values, 1))),
  }
}

function lengthIn(name: string, unitMs: number): ExpressionFunction {
  return {
    name,
    parameters: ['duration'],
    result: numberType,
    run: (values) => duration(values, 0).ms / unitMs,
  }
}

const datePattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)?)?$/

/** A date of ISO 8601; without an offset it is in UTC, wherever the machine stands. */
function parseDate(written: string): Timestamp {
  const found = datePattern.exec(written)
  if (found === null) return fail(`Expected a date of ISO 8601, found another text.`)
  const [, year, month, day, hour, minute, second, fraction, zone] = found
  const date = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    millisecond: Math.floor(Number(`0${fraction ?? ''}`) * 1000),
  }
  const offset = /([+-])(\d\d):?(\d\d)/.exec(zone ?? '')
  const [offsetHours, offsetMinutes] = [Number(offset?.[2] ?? 0), Number(offset?.[3] ?? 0)]
  const isDate =
    date.month >= 1 &&
    date.month <= 12 &&
    date.day >= 1 &&
    date.day <= daysInMonth(date.year, date.month)
  const isClock = date.hour < 24 && date.minute < 60 && date.second < 60
  if (!isDate || !isClock || offsetHours > 23 || offsetMinutes > 59) {
    return fail(`Expected a date that exists, found another text.`)
  }
  const sign = offset?.[1] === '-' ? -1 : 1
  return moment(toMillis(date) - sign * (offsetHours * 60 + offsetMinutes) * 60_000)
}

/** The same day some months later, or the month's last day if it has no such day. */
function addMonths({ ms }: Timestamp, months: number): Timestamp {
  if (!Number.isInteger(months) || Math.abs(months) > 120_000) {
    return fail(`Expected a whole number of months, found ${months}.`)
  }
  const date = fromMillis(ms)
  const count = date.year * 12 + date.month - 1 + months
  const year = Math.floor(count / 12)
  const month = count - year * 12 + 1
  return moment(
    toMillis({ ...date, year, month, day: Math.min(date.day, daysInMonth(year, month)) }),
  )
}
