import { expect, test } from 'vitest'
import { maskSecrets } from './secrets.ts'

test('masks the values at dotted paths, also inside lists', () => {
  const value = { card: { number: '4111', holder: 'x' }, cards: [{ number: 1 }, { other: 2 }] }
  expect(maskSecrets(value, ['card.number', 'cards.number', 'not.there'])).toEqual({
    card: { number: '***', holder: 'x' },
    cards: [{ number: '***' }, { other: 2 }],
  })
  expect(value.card.number).toBe('4111')
})

test('masks whole objects', () => {
  expect(maskSecrets({ card: { number: '4111' } }, ['card'])).toEqual({ card: '***' })
})

test('gives the value itself back when there is nothing to mask', () => {
  const value = { a: 1 }
  expect(maskSecrets(value, [])).toBe(value)
})

test.each([null, 'text', 7, true])('leaves %s alone', (value) => {
  expect(maskSecrets(value, ['a.b'])).toBe(value)
})
