import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openEngine, allStoreKinds, type TestEngine } from './test/open-engine.ts'

const orderFlow = readFileSync(
  join(import.meta.dirname, '..', '..', 'examples', 'order', 'order.flow.yaml'),
  'utf8',
)

/** What the services answer, by the command and the kind of order. */
const answersByKind: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  delivered: {
    CheckInventory: 'InventoryCheckOK',
    ProcessPayment: 'PaymentOK',
    ArrangeShipment: 'ShipmentOK',
  },
  outOfStock: { CheckInventory: 'InventoryCheckKO' },
  declined: { CheckInventory: 'InventoryCheckOK', ProcessPayment: 'PaymentKO' },
  notShipped: {
    CheckInventory: 'InventoryCheckOK',
    ProcessPayment: 'PaymentOK',
    ArrangeShipment: 'ShipmentKO',
    RefundPayment: 'PaymentRefunded',
  },
  // Nobody answers about the payment: the timer rolls back, and the refund is told to be made.
  silent: { CheckInventory: 'InventoryCheckOK', RefundPayment: 'PaymentRefunded' },
}
const kinds = Object.keys(answersByKind)

describe.each(allStoreKinds)('when every order has ended, on the %s store', (kind) => {
  let world: TestEngine
  afterEach(() => world.close())

  test('no command, no timer and nothing in memory remains', async () => {
    world = await openEngine(kind)
    await world.publish(orderFlow)
    const count = 60
    for (let n = 0; n < count; n += 1) {
      await world.engine.executions.start({
        flow: 'order',
        id: `o-${n}`,
        input: {
          orderId: `K${n}`,
          customer: 'Ada',
          card: kinds[n % kinds.length] ?? '',
          city: 'Turin',
          items: [{ sku: 'tea', quantity: 1 }],
          amount: 700,
        },
      })
    }
    const message = { executionId: 'o-0', event: 'Stranger', messageId: 'm1' }
    const { answer } = await world.engine.executions.applyEvent(message)

    for (let round = 0; round < 12; round += 1) {
      for (const { id, command, execution } of await world.lease({ leaseMs: 1_000 })) {
        const orderKind = kinds[Number(execution.slice(2)) % kinds.length] ?? ''
        const event = answersByKind[orderKind]?.[command]
        if (event !== undefined) await world.answer(id, event)
        else if (command !== 'ProcessPayment') await world.accept(id)
      }
      await world.clock.advance(5_000)
    }

    const counts = (await world.engine.flows.counts('order')).get('order')
    expect(counts?.byStatus).toMatchObject({
      completed: count / 5,
      failed: count / 5,
      'rolled-back': (3 * count) / 5,
    })
    expect(await world.store.outboxChannels()).toEqual([])
    expect(await world.store.nextWakeAt()).toBeUndefined()
    expect(await world.store.readDueTimers(Number.MAX_SAFE_INTEGER, 10)).toEqual([])
    expect(await world.store.findUnwakeable(10)).toEqual([])
    expect(await world.engine.flows.nodeCounts('order')).toEqual(new Map())
    // Messages of others are remembered for as long as their execution, and nothing but those.
    expect(await world.engine.executions.applyEvent(message)).toMatchObject({ answer })
    expect(
      await world.store.readInbox([
        { executionId: 'o-0', messageId: 'm1' },
        { executionId: 'o-0', messageId: 'o-0:1:answer' },
        { executionId: 'o-0', messageId: 'o-0' },
      ]),
    ).toEqual([answer, undefined, undefined])

    await world.clock.advance(2 * 3_600_000)
    expect(world.clock.nextAt()).toBeUndefined()
    expect(world.engine.stats()).toMatchObject({ cachedExecutions: 0, inboundMessages: 0 })
    expect(world.engine.channels()).toMatchObject([{ held: 0, workers: [{ leased: 0 }] }])
    expect(world.errors).toEqual([])
  })
})
