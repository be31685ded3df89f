import { expect, test } from 'vitest'
import { suggest } from './suggest.ts'

const names = ['OrderCreated', 'OrderFailed', 'OrderShipped', 'send', 'set', 'port', 'channels']

test.each([
  ['OrderFaild', 'OrderFailed'],
  ['orderfailed', 'OrderFailed'],
  ['OrdreFailed', 'OrderFailed'],
  ['sned', 'send'],
  ['prot', 'port'],
  ['PORT', 'port'],
  ['chanels', 'channels'],
  ['Order', undefined],
  ['Payment', undefined],
  ['x', undefined],
  ['', undefined],
])('%j means %j', (word, meant) => {
  expect(suggest(word, names)).toBe(meant)
})
