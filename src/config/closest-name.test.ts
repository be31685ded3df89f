import { expect, test } from 'vitest'
import { closestName } from './closest-name.ts'

test.each([
  ['prot', 'port'],
  ['hots', 'host'],
  ['chanels', 'channels'],
  ['PORT', 'port'],
  ['zebra', undefined],
  ['', undefined],
])('%j was probably meant as %j', (name, expected) => {
  expect(closestName(name, ['port', 'host', 'channels', 'store'])).toBe(expected)
})
