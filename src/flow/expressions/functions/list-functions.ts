import { isEqual } from '../equality.ts'
import { fail } from '../failure.ts'
import { spend } from '../frame.ts'
import type { Frame } from '../frame.ts'
import { list, map, number, text } from '../function.ts'
import type { ExpressionFunction } from '../function.ts'
import { anyType, listType, numberType, openMapType } from '../type.ts'
import type { Type } from '../type.ts'
import { Duration, Timestamp, isList, isMap, ownValue, putValue, typeOf } from '../value.ts'
import type { Value, ValueMap } from '../value.ts'

const sameAsFirst = (types: readonly Type[]): Type => types[0] ?? anyType
const itemOfFirst = ([type]: readonly Type[]): Type => (type?.kind === 'list' ? type.item : anyType)

export const listFunctions: readonly ExpressionFunction[] = [
  {
    name: 'size',
    parameters: ['any'],
    result: numberType,
    run: ([value], frame) => size(value, frame),
  },
  {
    name: 'sum',
    parameters: ['list'],
    result: numberType,
    run: (values, frame) => {
      const items = list(values, 0)
      spend(frame, items.length)
      return items.reduce<number>((sum, _, index) => sum + number(items, index), 0)
    },
  },
  {
    name: 'avg',
    parameters: ['list'],
    result: numberType,
    run: (values, frame) => {
      const items = list(values, 0)
      spend(frame, items.length)
      if (items.length === 0) fail('Expected at least one number, found an empty list.')
      return items.reduce<number>((sum, _, index) => sum + number(items, index), 0) / items.length
    },
  },
  extreme('min', -1),
  extreme('max', 1),
  {
    name: 'first',
    parameters: ['list'],
    result: itemOfFirst,
    run: (values) => itemAt(list(values, 0), 0),
  },
  {
    name: 'last',
    parameters: ['list'],
    result: itemOfFirst,
    run: (values) => itemAt(list(values, 0), -1),
  },
  {
    name: 'slice',
    parameters: ['list', 'number', 'number'],
    required: 2,
    result: sameAsFirst,
    run: (values, frame) => {
      spend(frame, list(values, 0).length)
      return list(values, 0).slice(
        number(values, 1),
        values.length > 2 ? number(values, 2) : undefined,
      )
    },
  },
  {
    name: 'reverse',
    parameters: ['list'],
    result: sameAsFirst,
    run: (values, frame) => {
      spend(frame, list(values, 0).length)
      return list(values, 0).toReversed()
    },
  },
  {
    name: 'sort',
    parameters: ['list', 'string'],
    required: 1,
    result: sameAsFirst,
    run: (values, frame) =>
      sort(list(values, 0), values.length > 1 ? text(values, 1) : undefined, frame),
  },
  {
    name: 'distinct',
    parameters: ['list'],
    result: sameAsFirst,
    run: (values, frame) => distinct(list(values, 0), frame),
  },
  {
    name: 'flatten',
    parameters: ['list'],
    result: listType,
    run: (values, frame) => {
      const flat: Value[] = []
      for (const item of list(values, 0)) {
        const items = isList(item) ? item : [item]
        spend(frame, items.length + 1)
        for (const inner of items) flat.push(inner)
      }
      return flat
    },
  },
  {
    name: 'range',
    parameters: ['number'],
    result: { kind: 'list', item: numberType },
    run: (values, frame) => {
      const count = number(values, 0)
      if (!Number.isInteger(count) || count < 0) fail(`Expected a whole number, found ${count}.`)
      spend(frame, count)
      return Array.from({ length: count }, (_, index) => index)
    },
  },
  {
    name: 'keys',
    parameters: ['map'],
    result: listType,
    run: (values, frame) => entries(map(values, 0), frame).map(([key]) => key),
  },
  {
    name: 'values',
    parameters: ['map'],
    result: listType,
    run: (values, frame) => entries(map(values, 0), frame).map(([, value]) => value),
  },
  {
    name: 'merge',
    parameters: ['map', 'map'],
    rest: 'map',
    result: openMapType,
    run: (values, frame) => {
      const merged: { [key: string]: Value | undefined } = {}
      for (const [index] of values.entries()) {
        for (const [key, value] of entries(map(values, index), frame)) putValue(merged, key, value)
      }
      return merged
    },
  },
  {
    name: 'pick',
    parameters: ['map', 'list'],
    result: openMapType,
    run: (values, frame) => {
      const wanted = new Set(list(values, 1))
      return fromEntries(entries(map(values, 0), frame).filter(([key]) => wanted.has(key)))
    },
  },
  {
    name: 'omit',
    parameters: ['map', 'list'],
    result: openMapType,
    run: (values, frame) => {
      const unwanted = new Set(list(values, 1))
      return fromEntries(entries(map(values, 0), frame).filter(([key]) => !unwanted.has(key)))
    },
  },
]

function itemAt(items: readonly Value[], index: number): Value {
  const item = items.at(index)
  return item === undefined ? fail('Expected at least one item, found an empty list.') : item
}

function size(value: Value | undefined, frame: Frame): number {
  if (typeof value === 'string') {
    spend(frame, value.length >> 4)
    let count = 0
    for (const _ of value) count += 1
    return count
  }
  if (isList(value)) return value.length
  if (isMap(value)) return entries(value, frame).length
  return fail(`Expected a string, a list or a map for its size, found ${typeOf(value)}.`)
}

function entries(whole: ValueMap, frame: Frame): readonly (readonly [string, Value])[] {
  const found: (readonly [string, Value])[] = []
  for (const key of Object.keys(whole)) {
    const value = ownValue(whole, key)
    if (value !== undefined) found.push([key, value])
  }
  spend(frame, found.length)
  return found
}

function fromEntries(found: readonly (readonly [string, Value])[]): ValueMap {
  const made: { [key: string]: Value | undefined } = {}
  for (const [key, value] of found) putValue(made, key, value)
  return made
}

/** `min(list)` or `min(a, b, …)`. */
function extreme(name: string, sign: 1 | -1): ExpressionFunction {
  return {
    name,
    parameters: ['any'],
    rest: 'any',
    result: (types) =>
      types.length === 1
        ? itemOfFirst(types)
        : types.every((type) => type.kind === 'number')
          ? numberType
          : anyType,
    run: (values, frame) => {
      const items = values.length === 1 ? list(values, 0) : values
      spend(frame, items.length)
      const [head, ...tail] = items
      if (head === undefined) return fail('Expected at least one item, found an empty list.')
      return tail.reduce((best, item) => (sign * order(item, best) > 0 ? item : best), head)
    },
  }
}

function sort(items: readonly Value[], field: string | undefined, frame: Frame): readonly Value[] {
  spend(frame, items.length * Math.ceil(Math.log2(items.length + 1)))
  const keyOf = (item: Value): Value => {
    if (field === undefined) return item
    const key = isMap(item) ? ownValue(item, field) : undefined
    return key ?? fail(`Expected a field \`${field}\` in every item to sort by, found none.`)
  }
  return items.toSorted((left, right) => order(keyOf(left), keyOf(right)))
}

/** Orders what `<` can compare. */
function order(left: Value, right: Value): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string')
    return left < right ? -1 : left > right ? 1 : 0
  if (left instanceof Timestamp && right instanceof Timestamp) return left.ms - right.ms
  if (left instanceof Duration && right instanceof Duration) return left.ms - right.ms
  return fail(
    `Expected values of one type with an order, found ${typeOf(left)} and ${typeOf(right)}.`,
  )
}

function distinct(items: readonly Value[], frame: Frame): readonly Value[] {
  const scalars = new Set<Value>()
  const others: Value[] = []
  return items.filter((item) => {
    if (typeof item !== 'object' || item === null) {
      spend(frame, 1)
      if (scalars.has(item)) return false
      scalars.add(item)
      return true
    }
    spend(frame, others.length + 1)
    if (others.some((other) => isEqual(other, item, frame))) return false
    others.push(item)
    return true
  })
}
