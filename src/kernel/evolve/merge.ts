import type { Merge } from '../model/flow.ts'
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'

/** Puts values into a state: shallow, null removes. */
export function withValues(state: JsonObject, values: JsonObject): JsonObject {
  const removed = Object.keys(values).filter((name) => values[name] === null)
  const next: Record<string, Json | undefined> = { ...state, ...values }
  for (const name of removed) delete next[name]
  return next
}

/**
 * How an event's data enter the state. Data that are no object have no names to enter under and
 * leave the state as it is. `deep` merges objects name by name; lists and scalars are replaced.
 *
 * Spreading defines properties, so a field named `__proto__` stays data.
 */
export function mergeData(state: JsonObject, data: Json, merge: Merge): JsonObject {
  if (merge === 'none' || !isJsonObject(data)) return state
  const next = { ...state, ...data }
  if (merge === 'shallow') return next
  const merged = Object.entries(data).flatMap(([name, value]) => {
    const before = Object.hasOwn(state, name) ? state[name] : undefined
    return isJsonObject(before) && isJsonObject(value)
      ? [[name, mergeData(before, value, 'deep')] as const]
      : []
  })
  return merged.length === 0 ? next : { ...next, ...Object.fromEntries(merged) }
}
