import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { EvaluationFailure } from './failure.ts'
import { md5 } from './md5.ts'
import { sha256 } from './sha256.ts'

const texts = fc.string({ unit: 'binary', maxLength: 300 })

describe('SHA-256', () => {
  // FIPS 180-4, the examples of NIST.
  test.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('of the example %#', (text, hash) => {
    expect(sha256(text)).toBe(hash)
  })

  test('agrees with another implementation, at every length of the last block', () => {
    for (let length = 0; length < 200; length += 1) {
      const text = 'é'.repeat(length)
      expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'))
    }
  })
})

test('both hashes agree with another implementation on random texts', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'))
      expect(md5(text)).toBe(createHash('md5').update(text).digest('hex'))
    }),
  )
})

describe('base64', () => {
  test('agrees with another implementation, both ways', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const whole = text.toWellFormed()
        const encoded = Buffer.from(whole, 'utf8').toString('base64')
        expect(encodeBase64(whole)).toBe(encoded)
        expect(decodeBase64(encoded)).toBe(whole)
        expect(decodeBase64(Buffer.from(whole, 'utf8').toString('base64url'))).toBe(whole)
      }),
    )
  })

  test.each(['a', '*', 'YQ=A', '/w=='])('%j is none, or none of a text', (text) => {
    expect(() => decodeBase64(text)).toThrow(EvaluationFailure)
  })
})
