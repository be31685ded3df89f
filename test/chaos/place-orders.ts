import { setTimeout as delay } from 'node:timers/promises'
import {
  type GeneratedOrder,
  generateOrders,
  type Scenario,
} from '../../examples/order/generate-orders.ts'

/** Scenarios that are over within seconds; the others wait a quarter of a minute for their timer. */
const quick: ReadonlySet<Scenario> = new Set<Scenario>([
  'delivered',
  'outOfStock',
  'cardDeclined',
  'addressUnknown',
  'paymentCrashesOnce',
  'refundFailsTwice',
])

/** Keeps orders under way through a server that comes and goes. */
export interface OrderPlacer {
  /** The ids of all orders that were acknowledged. */
  readonly placed: readonly string[]
  /** Orders known to have ended. */
  ended(): number
  /** No new orders; fulfilled when the last one has ended. */
  finish(): Promise<void>
}

/**
 * Each order has an id of its own, so that placing it again after a lost answer is safe. The next one
 * is placed when it has ended, so the load goes on for as long as it is wanted.
 *
 * @param url of the server, or of the replica to ask next
 * @param parallel orders on the way at a time
 */
export function placeOrders(url: string | (() => string), parallel: number): OrderPlacer {
  const placed: string[] = []
  const orders = quickOrders()
  let ended = 0
  const ending = new AbortController()
  const lanes = Array.from({ length: parallel }, async () => {
    while (!ending.signal.aborted) {
      const { order } = orders.next().value
      const id = `order-${order.orderId}`
      await placeUntilAcknowledged(url, id, order)
      placed.push(id)
      await untilEnded(url, id)
      ended += 1
    }
  })
  return {
    placed,
    ended: () => ended,
    finish: async () => {
      ending.abort()
      await Promise.all(lanes)
    },
  }
}

/** Places a number of orders at once, and does not wait for their ends. */
export async function placeBatch(url: string, count: number): Promise<readonly string[]> {
  const orders = quickOrders()
  const ids: string[] = []
  for (let placed = 0; placed < count; placed += 1) {
    const { order } = orders.next().value
    const id = `order-${order.orderId}`
    await placeUntilAcknowledged(url, id, order)
    ids.push(id)
  }
  return ids
}

function* quickOrders(): Generator<GeneratedOrder, never> {
  for (const generated of generateOrders(7, 'KILL')) {
    if (quick.has(generated.scenario)) yield generated
  }
  throw new Error('expected orders without end')
}

export async function placeUntilAcknowledged(
  url: string | (() => string),
  id: string,
  input: unknown,
  onRepeat: () => void = () => {},
): Promise<void> {
  for (;;) {
    const answer = await ask(`${addressOf(url)}/api/executions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ flow: 'order', id, input }),
    })
    if (answer?.ok === true) return
    if (answer !== undefined && answer.status < 500) {
      throw new Error(`expected ${id} to be placed, found ${answer.text}`)
    }
    onRepeat()
    await delay(20)
  }
}

export async function untilEnded(url: string | (() => string), id: string): Promise<void> {
  for (;;) {
    const answer = await ask(`${addressOf(url)}/api/executions/${id}?waitMs=20000`)
    if (answer?.ok === true && answer.text.includes('"finishedAt"')) return
    await delay(20)
  }
}

function addressOf(url: string | (() => string)): string {
  return typeof url === 'string' ? url : url()
}

interface TextAnswer {
  readonly ok: boolean
  readonly status: number
  readonly text: string
}

/** Nothing when the server is away, or goes away while it answers. */
async function ask(url: string, init?: RequestInit): Promise<TextAnswer | undefined> {
  try {
    const response = await fetch(url, init)
    return { ok: response.ok, status: response.status, text: await response.text() }
  } catch {
    return undefined
  }
}
