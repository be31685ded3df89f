import { type Order, type OrderItem, testCards, unknownCity } from './order.ts'

/** Every way an order can go. The numbers say how many of 40 orders go it. */
export const scenarios = {
  delivered: 24,
  outOfStock: 4,
  cardDeclined: 3,
  addressUnknown: 3,
  paymentCrashesOnce: 2,
  paymentAnswersLate: 1,
  paymentChargesLate: 1,
  refundFailsTwice: 2,
} as const

export type Scenario = keyof typeof scenarios

/** Whether orders of a scenario end in success. */
export function isDelivered(scenario: Scenario): boolean {
  return scenario === 'delivered' || scenario === 'paymentCrashesOnce'
}

export interface GeneratedOrder {
  readonly scenario: Scenario
  readonly order: Order
}

/**
 * Orders without end; the same seed gives the same orders. Each 40 in a row hold every scenario,
 * shuffled.
 *
 * @param prefix begins every order id, so that runs on the same store do not meet
 */
export function* generateOrders(seed: number, prefix: string): Generator<GeneratedOrder, never> {
  const random = createRandom(seed)
  for (let number = 1; ;) {
    for (const scenario of shuffled(allScenarios(), random)) {
      const orderId = `${prefix}-${String(number).padStart(4, '0')}`
      yield { scenario, order: orderFor(scenario, orderId, random) }
      number += 1
    }
  }
}

const prices = { lamp: 4_900, chair: 12_900, desk: 34_900, clock: 2_500, rug: 8_900 } as const
const skus = Object.keys(prices) as readonly (keyof typeof prices)[]
const cities = ['Lisbon', 'Turin', 'Ghent', 'Graz', 'Porto', 'Aarhus', 'Leeds', 'Brno']
const customers = Array.from({ length: 50 }, (_, index) => `customer-${index + 1}`)

const cardOf: Partial<Record<Scenario, string>> = {
  cardDeclined: testCards.declined,
  paymentCrashesOnce: testCards.flaky,
  paymentAnswersLate: testCards.answersLate,
  paymentChargesLate: testCards.chargesLate,
  refundFailsTwice: testCards.refundFailsTwice,
}

function orderFor(scenario: Scenario, orderId: string, random: () => number): Order {
  const item = (): { sku: keyof typeof prices; quantity: number } => ({
    sku: pick(skus, random),
    quantity: 1 + Math.floor(random() * 3),
  })
  const wanted = Array.from({ length: 1 + Math.floor(random() * 2) }, item)
  const amount = wanted.reduce((sum, { sku, quantity }) => sum + prices[sku] * quantity, 0)
  // More than the shelf will ever hold.
  const items: readonly OrderItem[] =
    scenario === 'outOfStock' ? wanted.map(({ sku }) => ({ sku, quantity: 100_000 })) : wanted
  const noSuchPlace = scenario === 'addressUnknown' || scenario === 'refundFailsTwice'
  return {
    orderId,
    customer: pick(customers, random),
    card: cardOf[scenario] ?? 'card-fine',
    city: noSuchPlace ? unknownCity : pick(cities, random),
    items,
    amount,
  }
}

function allScenarios(): Scenario[] {
  return (Object.entries(scenarios) as [Scenario, number][]).flatMap(([scenario, count]) =>
    Array.from({ length: count }, () => scenario),
  )
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

function pick<Item>(
  items: readonly [Item, ...Item[]] | readonly Item[],
  random: () => number,
): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('expected something to pick from')
  return item
}

/** A small generator of pseudo-random numbers from 0 to 1: a Weyl sequence, mixed twice. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
}
