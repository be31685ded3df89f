import { generateOrders } from '../../examples/order/generate-orders.ts'
import { placeUntilAcknowledged, untilEnded } from './place-orders.ts'

/** Orders that go to all replicas by turns. */
export interface ReplicaOrders {
  /** The ids of all orders that were acknowledged. */
  readonly placed: readonly string[]
  /** Orders known to have ended. */
  ended(): number
  /** How often an order had to be placed again, with the same id. */
  repeats(): number
  /** When every order has ended. */
  readonly done: Promise<unknown>
}

/**
 * Each order has an id of its own, so that placing it again after a lost answer, at another replica, is
 * safe. A few hundred are on the way at a time: the next one is placed when one has ended.
 */
export function placeOverReplicas(
  urls: readonly string[],
  { count, onTheWay }: { readonly count: number; readonly onTheWay: number },
): ReplicaOrders {
  const orders = generateOrders(11, 'CHAOS')
  const placed: string[] = []
  let begun = 0
  let ended = 0
  let repeats = 0
  let turn = 0
  const nextUrl = (): string => {
    turn += 1
    return urls[turn % urls.length] ?? ''
  }
  const lanes = Array.from({ length: Math.min(onTheWay, count) }, async () => {
    while (begun < count) {
      begun += 1
      const { order } = orders.next().value
      const id = `order-${order.orderId}`
      await placeUntilAcknowledged(nextUrl, id, order, () => {
        repeats += 1
      })
      placed.push(id)
      await untilEnded(nextUrl, id)
      ended += 1
    }
  })
  return {
    placed,
    ended: () => ended,
    repeats: () => repeats,
    done: Promise.all(lanes),
  }
}
