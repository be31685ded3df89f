import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeName, encodeName } from './names.ts'

const name = fc.array(fc.constantFrom('a', 'é', '👩', '\u0000', '\u0001', '\ud800', '\udc00', '0'))

test('any name comes back, in a form that PostgreSQL takes', () => {
  fc.assert(
    fc.property(name, (characters) => {
      const text = characters.join('')
      const encoded = encodeName(text)
      expect(encoded.isWellFormed() && !encoded.includes('\u0000')).toBe(true)
      expect(decodeName(encoded)).toBe(text)
    }),
  )
})

test('a beginning stays a beginning', () => {
  for (const text of ['tab\tand\u0000null', '\u0001\u0001', 'plain']) {
    for (let length = 0; length <= text.length; length += 1) {
      expect(encodeName(text).startsWith(encodeName(text.slice(0, length)))).toBe(true)
    }
  }
})
