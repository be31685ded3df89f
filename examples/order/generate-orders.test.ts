import { expect, test } from 'vitest'
import { type GeneratedOrder, generateOrders, scenarios } from './generate-orders.ts'

function first(count: number, seed: number): readonly GeneratedOrder[] {
  const orders = generateOrders(seed, 'O')
  return Array.from({ length: count }, () => orders.next().value)
}

test('the same seed gives the same orders, another one others', () => {
  expect(first(100, 1)).toEqual(first(100, 1))
  expect(first(100, 1)).not.toEqual(first(100, 2))
})

test('forty orders in a row hold every scenario as often as it says', () => {
  for (const block of [first(80, 3).slice(0, 40), first(80, 3).slice(40)]) {
    const counts = Object.fromEntries(
      Object.keys(scenarios).map((name) => [
        name,
        block.filter(({ scenario }) => scenario === name).length,
      ]),
    )
    expect(counts).toEqual(scenarios)
  }
})

test('no two orders have the same id', () => {
  expect(new Set(first(200, 1).map(({ order }) => order.orderId)).size).toBe(200)
})
