import { type Buffer, isUtf8 } from 'node:buffer'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { limits } from '../../kernel/limits.ts'
import { describeInvalidUtf8 } from './invalid-utf8.ts'
import { findJsonFault } from './json-fault.ts'
import { requireReadableNumbersAndDepth } from './json-limits.ts'
import { requireHarmlessKeys } from './json-keys.ts'
import { positionOf } from './text-position.ts'

/**
 * Reads a JSON body strictly: valid UTF-8, valid JSON, no deeper than the limit, no number that
 * would be changed by reading it, no key that could reach an object's prototype. Throws
 * JSON_INVALID and JSON_TOO_DEEP with the position.
 *
 * It stands in the hot path. What is rare is first ruled out by one pass of a regular expression,
 * and only looked at closely when that finds a trace of it.
 */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) {
    throw new SignalboxError('JSON_INVALID', 'expected a JSON body, found an empty one')
  }
  if (!isUtf8(body)) throw new SignalboxError('JSON_INVALID', describeInvalidUtf8(body))
  const text = body.toString('utf8')
  if (mayBeTooDeep(text) || oddNumber.test(text)) requireReadableNumbersAndDepth(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new SignalboxError('JSON_INVALID', describeFault(text))
  }
  if (suspiciousKey.test(text)) requireHarmlessKeys(value)
  return value
}

/** A number outside of quotes that has an exponent, or enough digits to lose some. */
const oddNumber = /[:,[\s](?:-?\d[\d.]*[eE]|-?\d{16})|^-?\d{16}|^-?\d[\d.]*[eE]/

/** Plain or escaped beginnings of `__proto__` and `constructor`. */
const suspiciousKey = /__proto__|"constructor"|\\u00/

/** Deeper than the limit takes more opening brackets than the limit; most bodies have a handful. */
function mayBeTooDeep(text: string): boolean {
  if (text.length <= 2 * limits.jsonDepth) return false
  let openings = 0
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      openings += 1
      if (openings > limits.jsonDepth) return true
    }
  }
  return false
}

function describeFault(text: string): string {
  const fault = findJsonFault(text)
  if (fault === undefined) return 'expected JSON, found something else'
  const { line, column } = positionOf(text, fault.offset)
  return `expected ${fault.expected}, found ${fault.found} at line ${line}, column ${column}`
}
