import type { Json } from '../../kernel/model/json.ts'

/**
 * What an expression computes with: JSON, and three kinds of value that only live inside an
 * expression. Every number is a JSON number (a double): there is no second kind of integer.
 */
export type Value = Json | Special | readonly Value[] | ValueMap
export type ValueMap = { readonly [key: string]: Value | undefined }

/** The common parent tells the special values from JSON objects in one check. */
export abstract class Special {
  abstract readonly type: 'timestamp' | 'duration' | 'optional'
}

/** A point in time, in ms since 1970. As JSON: ISO 8601 in UTC. */
export class Timestamp extends Special {
  readonly type = 'timestamp'
  readonly ms: number
  constructor(ms: number) {
    super()
    this.ms = ms
  }
}

/** A length of time. As JSON: seconds with the unit, `90s`, as CEL does. */
export class Duration extends Special {
  readonly type = 'duration'
  readonly ms: number
  constructor(ms: number) {
    super()
    this.ms = ms
  }
}

/** What `.?` gives: a value that may be missing. As JSON: the value, or left out. */
export class Optional extends Special {
  readonly type = 'optional'
  readonly value: Value | undefined
  constructor(value: Value | undefined) {
    super()
    this.value = value
  }
}

export const nothing = new Optional(undefined)

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value)
}

export function isMap(value: Value | undefined): value is ValueMap {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Special)
  )
}

/** The value of a key that the map itself has: never something inherited. */
export function ownValue(map: ValueMap, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined
}

/** Sets a key, whatever its name: `__proto__` becomes a key like any other. */
export function putValue(
  map: { [key: string]: Value | undefined },
  key: string,
  value: Value,
): void {
  if (key === '__proto__') {
    Object.defineProperty(map, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  } else {
    map[key] = value
  }
}

/** The name of a value's type, for messages. */
export function typeOf(value: Value | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (value instanceof Special) return value.type
  if (Array.isArray(value)) return 'list'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'number':
      return 'number'
    case 'string':
      return 'string'
    default:
      return 'map'
  }
}
