import { isJsonObject } from '../../kernel/model/json.ts'
import type { JsonObject } from '../../kernel/model/json.ts'
import type { KnownTypes } from '../expressions/roots.ts'
import { typeOfJson, typeOfSchema } from '../expressions/schema-type.ts'
import { anyType, openMap } from '../expressions/type.ts'
import type { Type } from '../expressions/type.ts'
import type { Cursor } from './cursor.ts'

/**
 * What expressions of a saga can know of their data. A saga's state begins as its input, so it has
 * the input's fields; a field that the flow sets may be anything, and events may add others.
 */
export function knownTypes(
  schema: JsonObject | undefined,
  initialState: JsonObject,
  states: Cursor | undefined,
): KnownTypes {
  const input: Type = schema === undefined ? openMap([]) : typeOfSchema(schema)
  const fields = new Map<string, Type>()
  for (const [key, value] of Object.entries(initialState)) fields.set(key, typeOfJson(value))
  if (input.kind === 'map') {
    for (const [key, type] of input.fields) {
      const initial = fields.get(key)
      fields.set(key, initial === undefined || initial.kind === type.kind ? type : anyType)
    }
  }
  const set = keysThatAreSet(states)
  if (set === 'any') return { input, state: openMap([]) }
  for (const key of set) fields.set(key, anyType)
  return { input, state: openMap(fields) }
}

function keysThatAreSet(states: Cursor | undefined): ReadonlySet<string> | 'any' {
  const keys = new Set<string>()
  for (const [, state] of states?.entries() ?? []) {
    const sets = [state.get('set'), ...transitionsOf(state).map((way) => way.get('set'))]
    for (const set of sets) {
      if (set === undefined) continue
      if (set.kind !== 'map') return 'any'
      for (const [key] of set.entries()) keys.add(key)
    }
  }
  return keys
}

function transitionsOf(state: Cursor): readonly Cursor[] {
  const ways = [
    ...(state.get('on')?.entries() ?? []),
    ...(state.get('after')?.entries() ?? []),
  ].map(([, value]) => value)
  const next = state.get('next')
  return [...ways, ...(next === undefined ? [] : [next])].flatMap((way) =>
    way.kind === 'list' ? way.items() : [way],
  )
}

/** The initial state as plain values. */
export function readInitialState(cursor: Cursor | undefined): JsonObject {
  if (cursor === undefined) return {}
  const value = cursor.json()
  if (!isJsonObject(value)) {
    cursor.expected('an object as initial state')
    return {}
  }
  if (JSON.stringify(value).includes('${')) {
    const message =
      'Expected plain values in the initial state, found an expression. Use `set` in the first state.'
    cursor.wrong('VALUE_INVALID', message)
  }
  return value
}
