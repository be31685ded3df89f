import type { Json } from '../../../kernel/model/json.ts'
import { decodeBase64, encodeBase64 } from '../base64.ts'
import { fail } from '../failure.ts'
import { spend } from '../frame.ts'
import type { Frame } from '../frame.ts'
import { number, text } from '../function.ts'
import type { ExpressionFunction } from '../function.ts'
import { md5 } from '../md5.ts'
import { digest, sha256, utf8 } from '../sha256.ts'
import { toJson, toText } from '../to-json.ts'
import { anyType, boolType, numberType, stringType } from '../type.ts'
import { typeOf } from '../value.ts'

export const dataFunctions: readonly ExpressionFunction[] = [
  {
    name: 'string',
    parameters: ['any'],
    result: stringType,
    run: ([value], frame) => toText(value ?? null, frame),
  },
  { name: 'bool', parameters: ['any'], result: boolType, run: (values) => toBool(values) },
  { name: 'type', parameters: ['any'], result: stringType, run: ([value]) => typeOf(value) },
  { name: 'dyn', parameters: ['any'], result: anyType, run: ([value]) => value ?? null },
  // Hashing and encoding: each looks at every character, and the digests at it many times.
  encoding('sha256', sha256, 1),
  encoding('md5', md5, 1),
  encoding('base64Encode', encodeBase64, 2),
  encoding('base64Decode', decodeBase64, 2),
  {
    name: 'jsonEncode',
    parameters: ['any'],
    result: stringType,
    run: ([value], frame) => {
      const encoded = JSON.stringify(toJson(value ?? null, frame))
      spend(frame, encoded.length >> 4)
      return encoded
    },
  },
  {
    name: 'jsonDecode',
    parameters: ['string'],
    result: anyType,
    run: (values, frame) => decodeJson(text(values, 0), frame),
  },
  // Derived from the message that is decided, so that deciding again gives the same.
  {
    name: 'uuid',
    isVolatile: true,
    parameters: [],
    result: stringType,
    run: (_, frame) => uuidOf(draw(frame)),
  },
  {
    name: 'random',
    isVolatile: true,
    parameters: [],
    result: numberType,
    run: (_, frame) => fractionOf(draw(frame)),
  },
  {
    name: 'randomInt',
    isVolatile: true,
    parameters: ['number', 'number'],
    result: numberType,
    run: (values, frame) => {
      const [low, high] = [number(values, 0), number(values, 1)]
      if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || high < low) {
        fail(
          `Expected two whole numbers, the second not below the first, found ${low} and ${high}.`,
        )
      }
      return low + Math.floor(fractionOf(draw(frame)) * (high - low + 1))
    },
  },
]

function encoding(
  name: string,
  encode: (value: string) => string,
  shift: number,
): ExpressionFunction {
  return {
    name,
    parameters: ['string'],
    result: stringType,
    run: (values, frame) => {
      spend(frame, text(values, 0).length >> shift)
      return encode(text(values, 0))
    },
  }
}

function toBool(values: Parameters<ExpressionFunction['run']>[0]): boolean {
  const value = values[0]
  if (typeof value === 'boolean') return value
  const written = text(values, 0)
  if (written === 'true') return true
  return written === 'false' ? false : fail(`Expected \`true\` or \`false\`, found another text.`)
}

function decodeJson(encoded: string, frame: Frame): Json {
  spend(frame, encoded.length >> 2)
  try {
    return JSON.parse(encoded)
  } catch {
    return fail('Expected the text of a JSON value, found another text.')
  }
}

/** 256 bits that only the message, the execution, the expression and the count of draws decide. */
function draw(frame: Frame): readonly number[] {
  frame.draws += 1
  spend(frame, 50)
  const { message, execution } = frame.scope
  return digest(utf8(`${message.id}\n${execution.id}\n${frame.salt}\n${frame.draws}`))
}

function fractionOf([high = 0, low = 0]: readonly number[]): number {
  return ((high >>> 0) * 0x20_0000 + (low >>> 11)) / 2 ** 53
}

/** A UUID of version 8: made by a rule of ours, from a hash. */
function uuidOf(words: readonly number[]): string {
  const hex = words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
