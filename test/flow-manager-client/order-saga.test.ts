import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@signalbox/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { generateOrders } from '../../examples/order/generate-orders.ts'
import { type Server, startServer, stopServer } from '../../examples/order/runner/server.ts'
import { createKafkaSetup } from '../../examples/order/test/kafka-setup.ts'
import { describeWith } from '../infrastructure/ask-service.ts'
import { sharedKafka } from '../infrastructure/kafka/kafka-for-tests.ts'
import { type OrderServices, startOrderServices } from './order-services.ts'

const kafka = await sharedKafka()

let folder: string
let server: Server
let services: OrderServices
let client: Client

/** What becomes of an order by the way it is meant to go; without bad banks, which are not theirs. */
const ends = {
  delivered: 'completed',
  outOfStock: 'failed',
  cardDeclined: 'rolled-back',
  addressUnknown: 'rolled-back',
} as const

const patience = { timeout: 20_000, interval: 50 }

type End = (typeof ends)[keyof typeof ends]

function endOf(scenario: string): End | undefined {
  return Object.entries(ends).find(([name]) => name === scenario)?.[1]
}

describeWith(kafka, "Flow Manager's published client library, unchanged", ({ brokers }) => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-flow-manager-client-'))
    const setup = await createKafkaSetup(folder, brokers)
    server = await startServer({
      flowFolder: setup.flowFolder,
      flags: [
        '--port',
        '0',
        '--config',
        setup.configFile,
        '--store',
        `sqlite:${join(folder, 'signalbox.db')}`,
      ],
      env: { SIGNALBOX_KAFKA_BROKERS: brokers.join(',') },
      logFolder: folder,
      signal: new AbortController().signal,
    })
    client = createClient({ url: server.url, actor: 'test' })
    // Their groups are new and begin at the end of the topic, so they come before the orders.
    services = await startOrderServices({ brokers, ...setup.topics, groupPrefix: setup.prefix })
  })

  afterEach(async () => {
    await services.stop()
    await stopServer(server)
    rmSync(folder, { recursive: true, force: true })
  })

  test('carries out the order saga: every order ends, ledgers and journals agree', async () => {
    const orders = generateOrders(7, 'FM')
    const placed: { readonly id: string; readonly end: End }[] = []
    while (placed.length < 40) {
      const { scenario, order } = orders.next().value
      const end = endOf(scenario)
      if (end === undefined) continue
      const { id } = await client.start({ flow: 'order', input: order })
      placed.push({ id, end })
    }
    expect(new Set(placed.map(({ end }) => end))).toEqual(new Set(Object.values(ends)))

    for (const { id, end } of placed) {
      const execution = await client.waitForEnd(id, { timeoutMs: 60_000 })
      expect(execution.status).toBe(end)
      const journal = await client.journal(id)
      const applied = journal.filter(({ kind }) => kind === 'event-applied')
      const said = services.ledger.filter(
        (deed) => deed.execution === id && deed.event !== undefined,
      )
      expect(applied.map(({ event }) => event)).toEqual(said.map(({ event }) => event))
      const sent = journal.filter(({ kind }) => kind === 'command-issued')
      // An undo that nobody answers is done for the saga when the broker has it.
      await vi.waitFor(() => {
        const done = services.ledger.filter((deed) => deed.execution === id)
        expect(sent.map(({ command }) => command)).toEqual(done.map(({ command }) => command))
      }, patience)
      for (const service of ['inventory', 'payment', 'shipment']) {
        expect(services.holds(service, id)).toBe(end === 'completed')
      }
    }
    // What a service said of its deed is in the state of the saga, beside what was there.
    const first = placed.find(({ end }) => end === 'completed')
    const { state } = await client.get<Record<string, string>>(first?.id ?? '')
    const { orderId } = state
    expect(state).toMatchObject({
      reservation: `R-${orderId}`,
      payment: `P-${orderId}`,
      parcel: `S-${orderId}`,
    })
  }, 120_000)
})
