import { expect, test } from 'vitest'
import { newUuidV7 } from '../../engine/ids.ts'
import {
  bulkExecutionsMax,
  decodeSet,
  encodeSet,
  freezeSet,
  setCharactersMax,
} from './bulk-sets.ts'

const now = Date.parse('2026-01-01T00:00:00Z')

test('a set is the same wherever it is read', () => {
  const set = freezeSet(['a', 'order 4711', 'ü'], now)
  expect(decodeSet(encodeSet(set), now)).toEqual(set)
  expect(set.expiresAt).toBe(now + 15 * 60_000)
})

test('two sets of the same executions are two sets', () => {
  expect(freezeSet(['a'], now).id).not.toBe(freezeSet(['a'], now).id)
})

test('the largest set fits into a request', () => {
  const usual = Array.from({ length: bulkExecutionsMax }, () => newUuidV7(now))
  expect(encodeSet(freezeSet(usual, now)).length).toBeLessThan(300_000)
  const longest = usual.map((id, index) => `${id}${index}`.padEnd(200, id))
  const text = encodeSet(freezeSet(longest, now))
  expect(text.length).toBeLessThan(setCharactersMax)
  expect(decodeSet(text, now).executionIds).toEqual(longest)
})

test('it expires', () => {
  const set = freezeSet(['a'], now)
  expect(() => decodeSet(encodeSet(set), set.expiresAt + 1)).toThrow(
    'found one that expired at 2026-01-01T00:15:00.000Z',
  )
})

test.each(['', 'x', 'AAAA', Buffer.alloc(500).toString('base64url'), '💥'])(
  'what is no set is told: %s',
  (text) => {
    expect(() => decodeSet(text, now)).toThrow('BULK_SET_NOT_FOUND')
  },
)

test('a set of which something was lost or changed is none', () => {
  const text = encodeSet(freezeSet(['a', 'b'], now))
  expect(() => decodeSet(text.slice(0, -2), now)).toThrow('BULK_SET_NOT_FOUND')
  const changed = text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`
  expect(() => decodeSet(changed, now)).toThrow('BULK_SET_NOT_FOUND')
})

test.each([
  ['a time that no date can show', { expiresAt: -1e300 }],
  ['an id of any length', { id: 'z'.repeat(100_000) }],
  ['an id that is no text for a database', { id: 'a\u0000' }],
])('a set that somebody made up is none: %s', (_, part) => {
  const text = encodeSet({ ...freezeSet(['a'], now), ...part })
  expect(() => decodeSet(text, now)).toThrow('found another text')
})
