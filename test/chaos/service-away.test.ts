import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '@signalbox/client'
import { afterEach, expect, test } from 'vitest'
import { openOrderShop, type OrderShop } from './order-shop.ts'
import { placeBatch } from './place-orders.ts'

let shop: OrderShop | undefined

afterEach(async () => {
  await shop?.close()
  shop = undefined
})

test('orders of a service that is away wait, and go on when it is back', async () => {
  shop = await openOrderShop()
  await shop.startServer()
  shop.startServices()
  const client = createClient({ url: shop.url })
  await shop.killService('shipment')

  await placeBatch(shop.url, 40)
  const waiting = await untilSettled(client)
  expect(waiting.length).toBeGreaterThan(0)
  for (const { status, node } of waiting) {
    expect({ status, node }).toEqual({ status: 'waiting', node: 'PaymentProcessed' })
  }

  // The server may go meanwhile: what waits is in the store.
  await shop.killServer()
  await shop.startServer()
  expect(await untilSettled(client)).toHaveLength(waiting.length)

  shop.startService('shipment')
  for (const { id } of waiting) {
    const { status, finishedAt } = await client.waitForEnd(id)
    expect(finishedAt).toBeDefined()
    expect(['completed', 'rolled-back']).toContain(status)
  }
})

type Client = ReturnType<typeof createClient>
type Unfinished = Awaited<ReturnType<Client['list']>>['items']

/** The unfinished orders, once all of them wait for the parcel service. */
async function untilSettled(client: Client): Promise<Unfinished> {
  for (;;) {
    const { items } = await client.list({ flow: 'order', limit: 500 })
    const unfinished = items.filter(({ finishedAt }) => finishedAt === undefined)
    if (unfinished.every(({ node }) => node === 'PaymentProcessed')) return unfinished
    await delay(50)
  }
}
