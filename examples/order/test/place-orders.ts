import type { Client } from '@signalbox/client'
import { generateOrders, isDelivered, type Scenario } from '../generate-orders.ts'

export interface PlacedOrder {
  readonly scenario: Scenario
  readonly id: string
}

/** Starts that many orders at once, the same ones each time. */
export function placeOrders(
  client: Client,
  count: number,
  prefix: string,
): Promise<readonly PlacedOrder[]> {
  const orders = generateOrders(7, prefix)
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { scenario, order } = orders.next().value
      const { id } = await client.start({ flow: 'order', input: order })
      return { scenario, id }
    }),
  )
}

/** How an order of this scenario ends. */
export function expectedStatus(scenario: Scenario): string {
  if (isDelivered(scenario)) return 'completed'
  return scenario === 'outOfStock' ? 'failed' : 'rolled-back'
}
