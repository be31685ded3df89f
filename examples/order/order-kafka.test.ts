import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient, type Execution } from '@signalbox/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeWith } from '../../test/infrastructure/ask-service.ts'
import { sharedKafka } from '../../test/infrastructure/kafka/kafka-for-tests.ts'
import { compareLedgersWithJournals } from './audit/compare.ts'
import { readAuditInput } from './audit/read.ts'
import { generateOrders, isDelivered, type Scenario, scenarios } from './generate-orders.ts'
import { createOrderTopics, type OrderTopics, orderTopics } from './kafka/topics.ts'
import { type Server, startServer } from './runner/server.ts'
import { serviceNames } from './runner/service-names.ts'
import { createServices, type Services } from './runner/services.ts'

const kafka = await sharedKafka()

let folder: string
let topics: OrderTopics
let prefix: string
let server: Server
let services: Services
let client: Client
const ending = new AbortController()

/** The saga and the channel of the example, on topics of this test, and it waits 1 s for payments. */
function writeFlowAndChannel(): void {
  const flow = readFileSync(join(import.meta.dirname, 'order.flow.yaml'), 'utf8')
  mkdirSync(join(folder, 'flows'))
  writeFileSync(
    join(folder, 'flows', 'order.flow.yaml'),
    flow.replace('after: { 15s:', 'after: { 1s:'),
  )
  const channel = readFileSync(join(import.meta.dirname, 'signalbox.kafka.yaml'), 'utf8')
  writeFileSync(
    join(folder, 'signalbox.yaml'),
    channel
      .replace(orderTopics.commands, topics.commands)
      .replace(orderTopics.events, topics.events)
      .replace('order-signalbox', `${prefix}signalbox`),
  )
}

async function startSignalbox(brokers: readonly string[], port: string): Promise<void> {
  server = await startServer({
    flowFolder: join(folder, 'flows'),
    flags: [
      '--port',
      port,
      '--config',
      join(folder, 'signalbox.yaml'),
      '--store',
      `sqlite:${join(folder, 'signalbox.db')}`,
    ],
    env: { SIGNALBOX_KAFKA_BROKERS: brokers.join(',') },
    logFolder: join(folder, 'logs'),
    signal: ending.signal,
  })
  client = createClient({ url: server.url, actor: 'test' })
}

interface PlacedOrder {
  readonly scenario: Scenario
  readonly id: string
}

function placeOrders(count: number, name: string): Promise<readonly PlacedOrder[]> {
  const orders = generateOrders(7, name)
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { scenario, order } = orders.next().value
      const { id } = await client.start({ flow: 'order', input: order })
      return { scenario, id }
    }),
  )
}

function endOf(orders: readonly PlacedOrder[]): Promise<readonly Execution[]> {
  return Promise.all(orders.map(({ id }) => client.waitForEnd(id, { timeoutMs: 90_000 })))
}

async function expectAgreement(orders: number): Promise<void> {
  const input = await readAuditInput(client, join(folder, 'ledgers'))
  expect(input.executions).toHaveLength(orders)
  for (const finding of compareLedgersWithJournals(input)) {
    expect(finding).toMatchObject({ disagreements: [] })
    expect(finding.checked).toBeGreaterThan(0)
  }
  for (const { journal } of input.executions) {
    const applied = journal.filter(({ kind }) => kind === 'event-applied')
    const ids = applied.map(({ messageId }) => messageId)
    expect(new Set(ids).size).toBe(ids.length)
  }
}

function expectedStatus(scenario: Scenario): string {
  if (isDelivered(scenario)) return 'completed'
  return scenario === 'outOfStock' ? 'failed' : 'rolled-back'
}

describeWith(kafka, 'orders over Kafka', ({ brokers }) => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-order-kafka-test-'))
    prefix = `${randomUUID()}-`
    topics = { commands: `${prefix}commands`, events: `${prefix}events` }
    await createOrderTopics(brokers, topics)
    writeFlowAndChannel()
    await startSignalbox(brokers, '0')
    services = createServices({
      url: server.url,
      ledgerFolder: join(folder, 'ledgers'),
      logFolder: join(folder, 'logs'),
      leaseMs: 6_000,
      kafka: { brokers, topics, groupPrefix: prefix },
      onNews: () => {},
    })
    for (const name of serviceNames) services.start(name)
  })

  afterEach(async () => {
    await services.stopAll()
    server.child.kill('SIGTERM')
    await server.child.ended
    rmSync(folder, { recursive: true, force: true })
  })

  test('forty orders go every way there is, and the ledgers agree with the journals', async () => {
    const orders = await placeOrders(40, 'T')
    const ends = await endOf(orders)
    expect(ends.map(({ status }) => status)).toEqual(
      orders.map(({ scenario }) => expectedStatus(scenario)),
    )
    expect(new Set(orders.map(({ scenario }) => scenario))).toEqual(new Set(Object.keys(scenarios)))
    await expectAgreement(40)
  }, 120_000)

  test('nothing is lost or done twice when Signalbox and all services are killed under way', async () => {
    const orders = await placeOrders(40, 'K')
    server.child.kill('SIGKILL')
    for (const { pid } of services.list()) if (pid !== undefined) process.kill(pid, 'SIGKILL')
    await server.child.ended
    // The services are started again by whoever started them.
    await startSignalbox(brokers, new URL(server.url).port)
    await endOf(orders)
    await expectAgreement(40)
  }, 150_000)
})
