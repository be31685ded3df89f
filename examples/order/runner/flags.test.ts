import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readFlags } from './flags.ts'

test('without flags: three orders a second, ledgers beside the default store', () => {
  expect(readFlags([], {})).toEqual({
    help: false,
    ordersPerSecond: 3,
    orders: Number.POSITIVE_INFINITY,
    seed: 1,
    without: [],
    ledgerFolder: join('.signalbox', 'ledgers'),
    serverFlags: [],
  })
})

test('what is not ours goes to the server, in order', () => {
  const flags = readFlags(
    ['--port', '8000', '--orders-per-second=10', '--store', 'sqlite:data/x.db', '--seed', '4'],
    {},
  )
  expect(flags).toMatchObject({
    ordersPerSecond: 10,
    seed: 4,
    ledgerFolder: join('data', 'ledgers'),
    serverFlags: ['--port', '8000', '--store', 'sqlite:data/x.db'],
  })
})

test('the ledgers follow the store of the environment, and are thrown away with one in memory', () => {
  expect(readFlags([], { SIGNALBOX_STORE: 'sqlite:/srv/box/a.db' }).ledgerFolder).toBe(
    join('/srv/box', 'ledgers'),
  )
  const one = readFlags(['--store=memory:'], {}).ledgerFolder
  expect(one).toContain('signalbox-order-')
  expect(readFlags(['--store=memory:'], {}).ledgerFolder).not.toBe(one)
  expect(readFlags(['--ledgers', 'books', '--store=memory:'], {}).ledgerFolder).toBe('books')
})

test.each([
  [
    ['--orders-per-second', 'many'],
    'expected --orders-per-second to be a number from 0.01 to 1000, found many',
  ],
  [['--seed'], 'expected a value after --seed'],
  [
    ['--without', 'bank'],
    'expected --without to be one of inventory, payment, shipment, found bank',
  ],
])('%j is refused', (args, message) => {
  expect(() => readFlags(args, {})).toThrow(message)
})
