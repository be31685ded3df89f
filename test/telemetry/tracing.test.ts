import { setTimeout as delay } from 'node:timers/promises'
import { createClient, type Fact } from '@signalbox/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { spanIdOf, traceIdOf } from '../../src/channel/trace-context.ts'
import {
  openOtlpReceiver,
  type OtlpReceiver,
  type ReceivedSpan,
} from '../../src/telemetry/test/otlp-receiver.ts'
import { openOrderShop, type OrderShop } from '../chaos/order-shop.ts'
import { placeOrders } from '../chaos/place-orders.ts'
import { createTestDatabase } from '../infrastructure/postgres/postgres-for-tests.ts'

let receiver: OtlpReceiver
let shop: OrderShop | undefined

beforeEach(async () => {
  receiver = await openOtlpReceiver()
})

afterEach(async () => {
  await shop?.close()
  shop = undefined
  await receiver.close()
})

test(
  'a server that is stopped and started under load leaves one whole trace per order',
  { timeout: 120_000 },
  async () => {
    shop = await openOrderShop({ env: tracingTo(receiver) })
    await shop.startServer()
    shop.startServices()
    const orders = placeOrders(shop.url, 12)
    for (let restart = 0; restart < 3; restart += 1) {
      await untilMore(orders.ended, 10)
      await shop.stopServer()
      await shop.startServer()
    }
    await untilMore(orders.ended, 10)
    await orders.finish()
    const journals = await readJournals(shop.url, orders.placed)
    // A stop in good order sends what is left.
    await shop.stopServer()
    expectWholeTraces(journals, receiver.spans)
  },
)

test(
  'two replicas that come and go tell one whole trace per order together',
  { timeout: 120_000 },
  async () => {
    const database = await createTestDatabase()
    try {
      shop = await openOrderShop({ replicas: 2, store: database.url, env: tracingTo(receiver) })
      await shop.startServer(0)
      await shop.startServer(1)
      shop.startServices()
      const { url, urls } = shop
      let turn = 0
      const orders = placeOrders(() => urls[(turn += 1) % urls.length] ?? url, 12)
      for (const replica of [0, 1]) {
        await untilMore(orders.ended, 15)
        await shop.stopServer(replica)
        await shop.startServer(replica)
      }
      await untilMore(orders.ended, 15)
      await orders.finish()
      const journals = await readJournals(url, orders.placed)
      await Promise.all([shop.stopServer(0), shop.stopServer(1)])
      expectWholeTraces(journals, receiver.spans)
      const tellers = new Set(receiver.spans.map(({ resource }) => resource['service.instance.id']))
      expect(tellers).toEqual(new Set(['replica-0', 'replica-1']))
    } finally {
      await shop?.close()
      await database.remove()
    }
  },
)

test('a start within a trace is linked to it, and one with a broken header starts all the same', async () => {
  shop = await openOrderShop({ env: tracingTo(receiver) })
  await shop.startServer()
  const { url } = shop
  const caller = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
  const headers = [`00-${caller.traceId}-${caller.spanId}-01`, 'broken', `00-${'0'.repeat(32)}-x`]
  for (const [index, traceparent] of headers.entries()) {
    const id = `order-${index}`
    const started = await post(`${url}/api/executions`, { traceparent }, { ...anOrder(id), id })
    expect(started.status).toBe(201)
    await post(`${url}/api/executions/${id}/cancel`, {}, { reason: 'only its trace is wanted' })
  }
  await expect
    .poll(async () => (await fetch(`${url}/metrics`)).text(), { timeout: 10_000 })
    .toMatch(/^signalbox_trace_spans_sent_total 6$/m)
  const links = headers.map(
    (_header, index) =>
      receiver.spans.find(
        ({ name, traceId }) => name === 'order' && traceId === traceIdOf(`order-${index}`),
      )?.links,
  )
  expect(links).toMatchObject([[caller], [], []])
})

function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

function anOrder(orderId: string): object {
  const items = [{ sku: 'lamp', quantity: 1 }]
  const who = { customer: 'customer-1', card: 'card-fine', city: 'Graz' }
  return { flow: 'order', input: { orderId, ...who, items, amount: 4_900 } }
}

/** By the variables that OpenTelemetry has for everybody. */
function tracingTo({ url }: OtlpReceiver): Readonly<Record<string, string>> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: new URL(url).origin,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=k1',
    OTEL_SERVICE_NAME: 'order-box',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
  }
}

type Journals = ReadonlyMap<string, readonly Fact[]>

async function readJournals(url: string, ids: readonly string[]): Promise<Journals> {
  const client = createClient({ url })
  const journals = new Map<string, readonly Fact[]>()
  for (const id of ids) journals.set(id, await client.journal(id))
  return journals
}

/** Each execution has one tree of spans, in which each of its commands is there once. */
function expectWholeTraces(journals: Journals, spans: readonly ReceivedSpan[]): void {
  expect(journals.size).toBeGreaterThan(20)
  const ids = spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`)
  expect(new Set(ids).size).toBe(ids.length)
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(
    new Set([...journals.keys()].map(traceIdOf)),
  )
  for (const [id, facts] of journals) {
    const trace = spans.filter(({ traceId }) => traceId === traceIdOf(id))
    const own = new Set(trace.map(({ spanId }) => spanId))
    const roots = trace.filter(({ parentSpanId }) => parentSpanId === undefined)
    expect(
      roots.map(({ name }) => name),
      id,
    ).toEqual(['order'])
    const orphans = trace.filter(
      ({ parentSpanId }) => parentSpanId !== undefined && !own.has(parentSpanId),
    )
    expect(orphans, id).toEqual([])
    const issued = facts.filter(({ kind }) => kind === 'command-issued')
    for (const fact of issued) {
      const span = trace.find(({ spanId }) => spanId === spanIdOf(String(fact['id'])))
      expect(span?.name, id).toBe(`send ${String(fact['command'])}`)
      expect(span?.startedAt, id).toBe(Date.parse(fact.at))
      expect(span?.endedAt, id).toBeGreaterThanOrEqual(span?.startedAt ?? Infinity)
    }
    expect(trace.filter(({ name }) => name.startsWith('send '))).toHaveLength(issued.length)
    expect(roots[0]?.resource).toMatchObject({
      'service.name': 'order-box',
      'deployment.environment': 'test',
    })
  }
  expect(spans.some(({ name }) => name === 'rollback')).toBe(true)
  expect(spans.some(({ name }) => name === 'undo InventoryChecked')).toBe(true)
}

/** Waits until a count has grown by some. */
async function untilMore(count: () => number, more: number): Promise<void> {
  const enough = count() + more
  while (count() < enough) await delay(5)
}
