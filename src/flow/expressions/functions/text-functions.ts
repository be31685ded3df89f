import { fail } from '../failure.ts'
import { spend } from '../frame.ts'
import type { Frame } from '../frame.ts'
import { list, text, whole } from '../function.ts'
import type { ExpressionFunction } from '../function.ts'
import { compilePattern } from '../pattern/compile-pattern.ts'
import { toText } from '../to-json.ts'
import { boolType, numberType, stringType } from '../type.ts'
import type { Type } from '../type.ts'
import type { Value } from '../value.ts'

/** The longest text that padding or repeating makes. */
const charactersMax = 1_000_000
const listOfText = { kind: 'list', item: stringType } as const

export const textFunctions: readonly ExpressionFunction[] = [
  simple('upper', (value) => value.toUpperCase()),
  simple('lower', (value) => value.toLowerCase()),
  simple('upperAscii', (value) => value.replace(/[a-z]+/g, (part) => part.toUpperCase())),
  simple('lowerAscii', (value) => value.replace(/[A-Z]+/g, (part) => part.toLowerCase())),
  simple('trim', (value) => value.trim()),
  simple('capitalize', (value) => value.charAt(0).toUpperCase() + value.slice(1)),
  simple('urlEncode', (value) => encodeURIComponent(value.toWellFormed())),
  search('contains', boolType, (value, part) => value.includes(part)),
  search('startsWith', boolType, (value, part) => value.startsWith(part)),
  search('endsWith', boolType, (value, part) => value.endsWith(part)),
  {
    name: 'matches',
    parameters: ['string', 'string'],
    result: boolType,
    checkLiteral: (index, value) => {
      if (index === 1 && typeof value === 'string') compilePattern(value)
    },
    run: (values, frame) => compilePattern(text(values, 1)).test(text(values, 0), frame),
  },
  search('indexOf', numberType, (value, part) => value.indexOf(part)),
  search('lastIndexOf', numberType, (value, part) => value.lastIndexOf(part)),
  {
    name: 'substring',
    parameters: ['string', 'number', 'number'],
    required: 2,
    result: stringType,
    run: (values) => {
      const value = text(values, 0)
      const start = whole(values, 1, value.length)
      const end = values.length > 2 ? whole(values, 2, value.length) : value.length
      if (end < start) fail(`Expected an end of at least ${start}, found ${end}.`)
      return value.slice(start, end)
    },
  },
  {
    name: 'replace',
    parameters: ['string', 'string', 'string'],
    result: stringType,
    run: (values, frame) => {
      const [value, part, put] = [text(values, 0), text(values, 1), text(values, 2)]
      spend(frame, searchSteps(value, part))
      const made = value.split(part).length * put.length
      spend(frame, (value.length + made) >> 4)
      return value.replaceAll(part, () => put)
    },
  },
  {
    name: 'split',
    parameters: ['string', 'string'],
    result: listOfText,
    run: (values, frame) => {
      const [value, separator] = [text(values, 0), text(values, 1)]
      spend(frame, (value.length >> 2) + searchSteps(value, separator))
      return value.split(separator)
    },
  },
  {
    name: 'join',
    parameters: ['list', 'string'],
    required: 1,
    result: stringType,
    run: (values, frame) => join(list(values, 0), values.length > 1 ? text(values, 1) : '', frame),
  },
  padding('padStart', (value, length, filler) => value.padStart(length, filler)),
  padding('padEnd', (value, length, filler) => value.padEnd(length, filler)),
  {
    name: 'repeat',
    parameters: ['string', 'number'],
    result: stringType,
    run: (values, frame) => {
      const value = text(values, 0)
      const count = whole(values, 1, Math.floor(charactersMax / Math.max(value.length, 1)))
      spend(frame, (value.length * count) >> 4)
      return value.repeat(count)
    },
  },
]

function simple(name: string, change: (value: string) => string): ExpressionFunction {
  return {
    name,
    parameters: ['string'],
    result: stringType,
    run: (values, frame) => {
      const value = text(values, 0)
      spend(frame, value.length >> 4)
      return change(value)
    },
  }
}

function search(
  name: string,
  result: Type,
  answer: (value: string, part: string) => Value,
): ExpressionFunction {
  return {
    name,
    parameters: ['string', 'string'],
    result,
    run: (values, frame) => {
      const [value, part] = [text(values, 0), text(values, 1)]
      spend(frame, searchSteps(value, part))
      return answer(value, part)
    },
  }
}

/**
 * Looking for a part takes the text's length at best, and at worst a comparison of the whole part at
 * every place; a thousand comparisons take about as long as one step.
 */
function searchSteps(value: string, part: string): number {
  const places = Math.max(0, value.length - part.length)
  return (value.length >> 4) + Math.floor((places * part.length) / 1_024)
}

function padding(
  name: string,
  pad: (value: string, length: number, filler: string) => string,
): ExpressionFunction {
  return {
    name,
    parameters: ['string', 'number', 'string'],
    required: 2,
    result: stringType,
    run: (values, frame) => {
      const length = whole(values, 1, charactersMax)
      spend(frame, length >> 4)
      return pad(text(values, 0), length, values.length > 2 ? text(values, 2) : ' ')
    },
  }
}

function join(items: readonly Value[], separator: string, frame: Frame): string {
  spend(frame, items.length)
  const parts = items.map((item) => toText(item, frame))
  const length = parts.reduce((sum, part) => sum + part.length + separator.length, 0)
  spend(frame, length >> 4)
  return parts.join(separator)
}
