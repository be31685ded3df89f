import type { Json } from '../../kernel/model/json.ts'
import { isoText } from './calendar.ts'
import { fail } from './failure.ts'
import { spend } from './frame.ts'
import type { Frame } from './frame.ts'
import { Duration, Optional, Timestamp, isList, isMap, putValue } from './value.ts'
import type { Value } from './value.ts'

/** The value as it leaves the expression: plain JSON. A missing optional is left out of maps. */
export function toJson(value: Value, frame: Frame): Json {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      // One text in many places is one text in memory, but many once it is written.
      spend(frame, value.length >> 4)
      return value
    case 'number':
      return Number.isFinite(value) ? value : fail(`Expected a finite number, found ${value}.`)
    default:
      break
  }
  if (value === null) return null
  spend(frame, 1)
  if (value instanceof Timestamp) return isoText(value.ms)
  if (value instanceof Duration) return `${value.ms / 1000}s`
  if (value instanceof Optional)
    return value.value === undefined ? null : toJson(value.value, frame)
  if (isList(value)) {
    spend(frame, value.length >> 3)
    const items: Json[] = []
    for (const item of value) if (!isNothing(item)) items.push(toJson(item, frame))
    return items
  }
  if (!isMap(value)) return fail('Expected a value that JSON has.')
  const map: { [key: string]: Json } = {}
  const keys = Object.keys(value)
  spend(frame, keys.length >> 3)
  for (const key of keys) {
    const item = value[key]
    if (item !== undefined && !isNothing(item)) putValue(map, key, toJson(item, frame))
  }
  return map
}

export function isNothing(value: Value | undefined): boolean {
  return value instanceof Optional && value.value === undefined
}

/** The text that a value becomes inside a longer text. */
export function toText(value: Value, frame: Frame): string {
  if (typeof value === 'string') return value
  if (isNothing(value)) return ''
  const json = toJson(value, frame)
  const text = typeof json === 'string' ? json : JSON.stringify(json)
  spend(frame, text.length >> 4)
  return text
}
