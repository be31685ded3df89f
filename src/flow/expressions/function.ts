import { fail } from './failure.ts'
import type { Frame } from './frame.ts'
import type { Type } from './type.ts'
import { Duration, Timestamp, isList, isMap, typeOf } from './value.ts'
import type { Value, ValueMap } from './value.ts'

export type ParameterKind =
  | 'any'
  | 'bool'
  | 'number'
  | 'string'
  | 'list'
  | 'map'
  | 'timestamp'
  | 'duration'

/**
 * A function of the expression language. Each can also be written as a method of its first argument:
 * `upper(x)` and `x.upper()` are the same.
 */
export interface ExpressionFunction {
  readonly name: string
  readonly parameters: readonly ParameterKind[]
  /** How many of the parameters must be given; absent: all. */
  readonly required?: number
  /** Any number of further arguments of this kind. */
  readonly rest?: ParameterKind
  readonly result: Type | ((argumentTypes: readonly Type[]) => Type)
  readonly run: (values: readonly Value[], frame: Frame) => Value
  /** The result depends on more than the arguments. */
  readonly isVolatile?: true
  /** Fails for a literal argument with which no call can succeed. */
  readonly checkLiteral?: (index: number, value: Value) => void
}

/** Tells whether a value can be given for a parameter. */
export function accepts(kind: ParameterKind, value: Value): boolean {
  return kind === 'any' || typeOf(value) === kind
}

// Arguments were checked against the parameters: what follows only narrows their types.

export function text(values: readonly Value[], index: number): string {
  const value = values[index]
  return typeof value === 'string' ? value : fail(`Expected a string, found ${typeOf(value)}.`)
}

export function number(values: readonly Value[], index: number): number {
  const value = values[index]
  return typeof value === 'number' ? value : fail(`Expected a number, found ${typeOf(value)}.`)
}

/** A whole number in bounds, such as a length or a position. */
export function whole(values: readonly Value[], index: number, max: number): number {
  const value = number(values, index)
  if (Number.isInteger(value) && value >= 0 && value <= max) return value
  return fail(`Expected a whole number from 0 to ${max}, found ${value}.`)
}

export function list(values: readonly Value[], index: number): readonly Value[] {
  const value = values[index]
  return isList(value) ? value : fail(`Expected a list, found ${typeOf(value)}.`)
}

export function map(values: readonly Value[], index: number): ValueMap {
  const value = values[index]
  return isMap(value) ? value : fail(`Expected a map, found ${typeOf(value)}.`)
}

export function timestamp(values: readonly Value[], index: number): Timestamp {
  const value = values[index]
  if (value instanceof Timestamp) return value
  return fail(`Expected a timestamp, found ${typeOf(value)}.`)
}

export function duration(values: readonly Value[], index: number): Duration {
  const value = values[index]
  return value instanceof Duration ? value : fail(`Expected a duration, found ${typeOf(value)}.`)
}
