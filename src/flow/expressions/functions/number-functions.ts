import { fail } from '../failure.ts'
import { number, text, whole } from '../function.ts'
import type { ExpressionFunction } from '../function.ts'
import { numberType } from '../type.ts'

export const numberFunctions: readonly ExpressionFunction[] = [
  simple('abs', Math.abs),
  simple('ceil', Math.ceil),
  simple('floor', Math.floor),
  simple('trunc', Math.trunc),
  simple('sqrt', (value) =>
    value < 0 ? fail('Expected a number of at least 0.') : Math.sqrt(value),
  ),
  {
    name: 'round',
    parameters: ['number', 'number'],
    required: 1,
    result: numberType,
    run: (values) => round(number(values, 0), values.length > 1 ? whole(values, 1, 15) : 0),
  },
  {
    name: 'pow',
    parameters: ['number', 'number'],
    result: numberType,
    run: (values) => number(values, 0) ** number(values, 1),
  },
  { name: 'number', parameters: ['any'], result: numberType, run: (values) => toNumber(values) },
  { name: 'double', parameters: ['any'], result: numberType, run: (values) => toNumber(values) },
  {
    name: 'int',
    parameters: ['any'],
    result: numberType,
    run: (values) => Math.trunc(toNumber(values)) + 0,
  },
]

function simple(name: string, compute: (value: number) => number): ExpressionFunction {
  return {
    name,
    parameters: ['number'],
    result: numberType,
    run: (values) => compute(number(values, 0)),
  }
}

/** Half away from zero, by the decimal digits that people see: 1.005 rounds to 1.01. */
function round(value: number, digits: number): number {
  const sign = value < 0 ? -1 : 1
  const [mantissa, exponent = '0'] = String(Math.abs(value)).split('e')
  const shifted = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`))
  const [back, backExponent = '0'] = String(shifted).split('e')
  return sign * Number(`${back}e${Number(backExponent) - digits}`)
}

function toNumber(values: Parameters<ExpressionFunction['run']>[0]): number {
  const value = values[0]
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  const written = text(values, 0).trim()
  const parsed = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(written) ? Number(written) : NaN
  return Number.isFinite(parsed)
    ? parsed
    : fail(`Expected the text of a number, found another text.`)
}
