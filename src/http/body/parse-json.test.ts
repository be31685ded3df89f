import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { limits } from '../../kernel/limits.ts'
import { parseJson } from './parse-json.ts'

function refusal(body: string | Buffer): SignalboxError {
  try {
    parseJson(Buffer.from(body as string))
  } catch (error) {
    if (error instanceof SignalboxError) return error
    throw error
  }
  throw new Error('expected a refusal')
}

describe('what is JSON is read as JSON.parse reads it', () => {
  test('whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value)
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  test.each([
    ['{"text":"3e999 and 12345678901234567890"}'],
    ['{"number":1e15,"other":-12345678901234500}'],
    ['[9007199254740991,9007199254740992,1e21,100000000000000000000]'],
    ['{"constructor":"Acme Ltd."}'],
    ['{"a":"\\u0041\\u005f"}'],
    [`${'['.repeat(limits.jsonDepth)}${']'.repeat(limits.jsonDepth)}`],
    [JSON.stringify(Array.from({ length: 500 }, () => ({ a: [{}] })))],
  ])('%s', (text) => {
    expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text))
  })
})

describe('what is not JSON is refused with its position', () => {
  test.each([
    ['', 'expected a JSON body, found an empty one'],
    ['{"a":1', 'expected "," or "}", found the end of the body at line 1, column 7'],
    ['{\n  "a": 1,\n}', 'expected a key in double quotes, found "}" at line 3, column 1'],
    ["{'a':1}", 'expected a key in double quotes or "}", found "\'" at line 1, column 2'],
    ['{"a" 1}', 'expected ":" after the key, found "1" at line 1, column 6'],
    ['[1,]', 'expected a JSON value, found "]" at line 1, column 4'],
    ['[1 2]', 'expected "," or "]", found "2" at line 1, column 4'],
    ['nul', 'expected a JSON value, found "n" at line 1, column 1'],
    ['{} {}', 'expected the end after the value, found "{" at line 1, column 4'],
    ['{"a":"x\ny"}', 'expected a well-formed string'],
    ['{"a":01}', 'expected "," or "}", found "1" at line 1, column 7'],
    ['NaN', 'expected a JSON value, found "N" at line 1, column 1'],
  ])('%j', (text, detail) => {
    const error = refusal(text)
    expect(error.code).toBe('JSON_INVALID')
    expect(error.detail).toContain(detail)
  })

  test('whatever is wrong with it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), fc.string(), (value, at, junk) => {
        const text = JSON.stringify(value)
        const cut = at % (text.length + 1)
        const damaged = text.slice(0, cut) + junk + text.slice(cut + 1)
        let parses = true
        try {
          JSON.parse(damaged)
        } catch {
          parses = false
        }
        fc.pre(!parses && damaged !== '')
        expect(refusal(damaged).detail).toMatch(/expected .*, found .* at line \d+, column \d+$/s)
      }),
    )
  })

  test('bytes that are no UTF-8, with the offset of the first', () => {
    const body = Buffer.concat([Buffer.from('{"a":"é'), Buffer.from([0xff]), Buffer.from('"}')])
    expect(refusal(body).detail).toBe('expected UTF-8, found the byte 0xff at offset 8')
    const cut = Buffer.from('"é').subarray(0, 2)
    expect(refusal(cut).detail).toBe('expected UTF-8, found the byte 0xc3 at offset 1')
  })
})

describe('what reading would change or what could do harm is refused', () => {
  test.each([
    ['{"a":1e999}', 'expected numbers up to 1.8e308, found 1e999 at line 1, column 6'],
    ['[-1E+400]', 'expected numbers up to 1.8e308, found -1E+400'],
    [`[${'9'.repeat(400)}]`, 'expected numbers up to 1.8e308, found 9999'],
    ['1e309', 'expected numbers up to 1.8e308'],
    ['{"id":12345678901234567890}', 'larger ones as strings), found 12345678901234567890'],
    ['[ 9007199254740993 ]', 'larger ones as strings), found 9007199254740993'],
    ['{"__proto__":{"admin":true}}', 'found "__proto__"'],
    ['{"a":[{"\\u005f_proto__":1}]}', 'found "__proto__" at "/a/0"'],
    ['{"constructor":{"prototype":{}}}', 'found "constructor"'],
  ])('%s', (text, detail) => {
    const error = refusal(text)
    expect(error.code).toBe('JSON_INVALID')
    expect(error.detail).toContain(detail)
  })

  test('nesting beyond the limit, and only there', () => {
    const tooDeep = limits.jsonDepth + 1
    const error = refusal(`${'['.repeat(tooDeep)}${']'.repeat(tooDeep)}`)
    expect(error.code).toBe('JSON_TOO_DEEP')
    expect(error.detail).toContain(`line 1, column ${tooDeep}`)
    const objects = `${'{"a":'.repeat(tooDeep)}1${'}'.repeat(tooDeep)}`
    expect(refusal(objects).code).toBe('JSON_TOO_DEEP')
    const inText = JSON.stringify({ text: '['.repeat(1_000) })
    expect(parseJson(Buffer.from(inText))).toEqual({ text: '['.repeat(1_000) })
  })

  test('a megabyte of opening brackets costs a single pass', () => {
    const started = performance.now()
    expect(refusal('['.repeat(1_000_000)).code).toBe('JSON_TOO_DEEP')
    expect(refusal(`"${'\\'.repeat(999_999)}`).code).toBe('JSON_INVALID')
    expect(refusal(`${'1'.repeat(1_000_000)}x`).code).toBe('JSON_INVALID')
    // A quadratic reader would need minutes.
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
