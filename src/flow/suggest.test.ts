import { expect, test } from 'vitest'
import { suggest } from './suggest.ts'

const names = ['OrderCreated', 'OrderFailed', 'OrderShipped', 'send', 'set']

test.each([
  ['OrderFaild', 'OrderFailed'],
  ['orderfailed', 'OrderFailed'],
  ['OrdreFailed', 'OrderFailed'],
  ['sned', 'send'],
  ['Order', undefined],
  ['Payment', undefined],
  ['x', undefined],
  ['', undefined],
])('%j means %j', (word, meant) => {
  expect(suggest(word, names)).toBe(meant)
})
