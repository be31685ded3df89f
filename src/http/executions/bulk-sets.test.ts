import { expect, test } from 'vitest'
import { createBulkSets } from './bulk-sets.ts'

test('gives a frozen set once', () => {
  const sets = createBulkSets(() => 0)
  const { token, expiresAt } = sets.freeze(['a', 'b'])
  expect(expiresAt).toBe(15 * 60_000)
  expect(sets.take(token)).toEqual(['a', 'b'])
  expect(() => sets.take(token)).toThrow('BULK_SET_NOT_FOUND')
})

test('forgets a set after a while', () => {
  let now = 0
  const sets = createBulkSets(() => now)
  const { token, expiresAt } = sets.freeze(['a'])
  now = expiresAt + 1
  expect(() => sets.take(token)).toThrow('BULK_SET_NOT_FOUND')
})

test('keeps a bounded number of sets', () => {
  const sets = createBulkSets(() => 0)
  const tokens = Array.from({ length: 101 }, (_, index) => sets.freeze([String(index)]).token)
  expect(() => sets.take(tokens[0] ?? '')).toThrow('BULK_SET_NOT_FOUND')
  expect(sets.take(tokens[1] ?? '')).toEqual(['1'])
})
