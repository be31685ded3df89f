import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient, type Execution } from '@signalbox/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { describeWith } from '../../test/infrastructure/ask-service.ts'
import { sharedKafka } from '../../test/infrastructure/kafka/kafka-for-tests.ts'
import { compareLedgersWithJournals } from './audit/compare.ts'
import { readAuditInput } from './audit/read.ts'
import { scenarios } from './generate-orders.ts'
import { type Server, startServer } from './runner/server.ts'
import { serviceNames } from './runner/service-names.ts'
import { createServices, type Services } from './runner/services.ts'
import { createKafkaSetup, type KafkaSetup } from './test/kafka-setup.ts'
import { expectedStatus, type PlacedOrder, placeOrders } from './test/place-orders.ts'

const kafka = await sharedKafka()

let folder: string
let setup: KafkaSetup
let server: Server
let services: Services
let client: Client
const ending = new AbortController()

async function startSignalbox(brokers: readonly string[], port: string): Promise<void> {
  server = await startServer({
    flowFolder: setup.flowFolder,
    flags: [
      '--port',
      port,
      '--config',
      setup.configFile,
      '--store',
      `sqlite:${join(folder, 'signalbox.db')}`,
    ],
    env: { SIGNALBOX_KAFKA_BROKERS: brokers.join(',') },
    logFolder: join(folder, 'logs'),
    signal: ending.signal,
  })
  client = createClient({ url: server.url, actor: 'test' })
}

function endOf(orders: readonly PlacedOrder[]): Promise<readonly Execution[]> {
  return Promise.all(orders.map(({ id }) => client.waitForEnd(id, { timeoutMs: 90_000 })))
}

/** An undo that nobody answers is done for the saga when the broker has it: services come after. */
function expectAgreement(orders: number): Promise<void> {
  return vi.waitFor(() => expectAgreementNow(orders), { timeout: 30_000, interval: 500 })
}

async function expectAgreementNow(orders: number): Promise<void> {
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

describeWith(kafka, 'orders over Kafka', ({ brokers }) => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-order-kafka-test-'))
    setup = await createKafkaSetup(folder, brokers)
    await startSignalbox(brokers, '0')
    services = createServices({
      url: server.url,
      ledgerFolder: join(folder, 'ledgers'),
      logFolder: join(folder, 'logs'),
      leaseMs: 6_000,
      kafka: { brokers, topics: setup.topics, groupPrefix: setup.prefix },
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
    const orders = await placeOrders(client, 40, 'T')
    const ends = await endOf(orders)
    expect(ends.map(({ status }) => status)).toEqual(
      orders.map(({ scenario }) => expectedStatus(scenario)),
    )
    expect(new Set(orders.map(({ scenario }) => scenario))).toEqual(new Set(Object.keys(scenarios)))
    await expectAgreement(40)
  }, 120_000)

  test('nothing is lost or done twice when Signalbox and all services are killed under way', async () => {
    const orders = await placeOrders(client, 40, 'K')
    server.child.kill('SIGKILL')
    for (const { pid } of services.list()) if (pid !== undefined) process.kill(pid, 'SIGKILL')
    await server.child.ended
    // The services are started again by whoever started them.
    await startSignalbox(brokers, new URL(server.url).port)
    await endOf(orders)
    await expectAgreement(40)
  }, 150_000)
})
