import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '@signalbox/client'
import { afterEach, expect, test } from 'vitest'
import { compareLedgersWithJournals } from '../../examples/order/audit/compare.ts'
import { readAuditInput } from '../../examples/order/audit/read.ts'
import { replay } from '../../src/kernel/evolve/evolve.ts'
import { isFinished } from '../../src/kernel/model/execution.ts'
import type { Fact } from '../../src/kernel/model/fact.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { openOrderShop, type OrderShop } from './order-shop.ts'
import { placeOrders } from './place-orders.ts'

const kills = Number(process.env['SIGNALBOX_KILLS'] ?? 100)

let shop: OrderShop | undefined

afterEach(async () => {
  await shop?.close()
  shop = undefined
})

test(
  `a server killed ${kills} times under load loses nothing and does nothing twice`,
  { timeout: 900_000 },
  async () => {
    shop = await openOrderShop()
    await shop.startServer()
    shop.startServices()
    const orders = placeOrders(shop.url, 24)

    for (let kill = 0; kill < kills; kill += 1) {
      // Under load: orders have ended since the server is back, so the workers are back as well.
      // And at a random moment: in the middle of commits, leases, results, rollbacks.
      await untilMore(orders.ended)
      await delay(Math.random() * 200)
      await shop.killServer()
      await shop.startServer()
    }
    await orders.finish()
    expect(orders.placed.length).toBeGreaterThan(kills)
    const client = createClient({ url: shop.url })
    const expectedStatuses = new Set(['completed', 'rolled-back', 'failed'])
    for (const id of orders.placed) {
      const { status } = await client.waitForEnd(id)
      expect(expectedStatuses, `order ${id}`).toContain(status)
    }

    const audit = compareLedgersWithJournals(await readAuditInput(client, shop.ledgerFolder))
    console.table(
      audit.map(({ rule, checked, disagreements }) => ({
        rule,
        checked,
        disagree: disagreements.length,
      })),
    )
    expect(audit.flatMap(({ disagreements }) => disagreements)).toEqual([])
    expect(audit.every(({ checked }) => checked > 0)).toBe(true)

    await shop.stopServer()
    const store = await openSqliteStore({ path: shop.storePath })
    try {
      for (const id of orders.placed) await expectReplayEqualsStored(store, id)
      expect(await store.findUnwakeable(10)).toEqual([])
      expect(await store.outboxChannels()).toEqual([])
    } finally {
      await store.close()
    }
  },
)

/** Waits until a count has grown. */
async function untilMore(count: () => number): Promise<void> {
  const before = count()
  while (count() === before) await delay(5)
}

/** Folding the journal gives the stored execution, field by field. */
async function expectReplayEqualsStored(store: Store, id: string): Promise<void> {
  const stored = (await store.readExecutions([id])).get(id)
  const facts: Fact[] = []
  for (let after: number | undefined = 0; after !== undefined;) {
    const page: Awaited<ReturnType<Store['readJournal']>> = await store.readJournal(id, {
      after,
      limit: 500,
    })
    facts.push(...page.facts.map(({ fact }) => fact))
    after = page.next
  }
  expect(replay(facts)).toStrictEqual(stored)
  expect(stored !== undefined && isFinished(stored)).toBe(true)
}
