import { setTimeout as delay } from 'node:timers/promises'
import { generateOrders, type Scenario } from '../../examples/order/generate-orders.ts'

/** Scenarios that are over within seconds; the others wait a quarter of a minute for their timer. */
const quick: ReadonlySet<Scenario> = new Set<Scenario>([
  'delivered',
  'outOfStock',
  'cardDeclined',
  'addressUnknown',
  'paymentCrashesOnce',
  'refundFailsTwice',
])

/** Places orders through a server that comes and goes. */
export interface OrderPlacer {
  /** The ids of all orders that were acknowledged. */
  readonly placed: readonly string[]
  /** Fulfilled when all orders are placed. */
  readonly done: Promise<void>
}

/**
 * Each order has an id of its own, so that placing it again after a lost answer is safe.
 *
 * @param parallel orders on the way at a time
 */
export function placeOrders(url: string, count: number, parallel: number): OrderPlacer {
  const placed: string[] = []
  const orders = takeOrders(count)
  const lanes = Array.from({ length: parallel }, async () => {
    for (let next = orders.next(); next.done !== true; next = orders.next()) {
      const id = `order-${next.value.order.orderId}`
      await placeUntilAcknowledged(url, id, next.value.order)
      placed.push(id)
    }
  })
  return { placed, done: Promise.all(lanes).then(() => undefined) }
}

function* takeOrders(count: number): Generator<{ order: { orderId: string } }> {
  let taken = 0
  for (const generated of generateOrders(7, 'KILL')) {
    if (!quick.has(generated.scenario)) continue
    if (taken === count) return
    taken += 1
    yield generated
  }
}

async function placeUntilAcknowledged(url: string, id: string, input: unknown): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/api/executions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ flow: 'order', id, input }),
    }).catch(() => undefined)
    const text = await response?.text().catch(() => undefined)
    if (response !== undefined && text !== undefined) {
      if (response.ok) return
      if (response.status < 500) throw new Error(`expected ${id} to be placed, found ${text}`)
    }
    await delay(20)
  }
}
