import type { Merge } from '../model/flow.ts'
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'

/** Puts values into a state: shallow, null removes. */
export function withValues(state: JsonObject, values: JsonObject): JsonObject {
  const next: Record<string, Json> = {}
  for (const [name, value] of Object.entries(state)) define(next, name, value)
  for (const [name, value] of Object.entries(values)) {
    if (value === null) delete next[name]
    else define(next, name, value)
  }
  return next
}

/**
 * How an event's data enter the state. Data that are no object have no names to enter under and
 * leave the state as it is. `deep` merges objects name by name; lists and scalars are replaced.
 */
export function mergeData(state: JsonObject, data: Json, merge: Merge): JsonObject {
  if (merge === 'none' || !isJsonObject(data)) return state
  const next: Record<string, Json> = {}
  for (const [name, value] of Object.entries(state)) define(next, name, value)
  for (const [name, value] of Object.entries(data)) {
    const before = Object.hasOwn(next, name) ? next[name] : undefined
    const deep = merge === 'deep' && isJsonObject(before) && isJsonObject(value)
    define(next, name, deep ? mergeData(before, value, 'deep') : value)
  }
  return next
}

/** Plain assignment, except that `__proto__` stays data instead of changing the prototype. */
function define(target: Record<string, Json>, name: string, value: Json | undefined): void {
  if (value === undefined) return
  if (name === '__proto__') {
    Object.defineProperty(target, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  } else target[name] = value
}
