import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient, type Execution } from '@signalbox/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { compareLedgersWithJournals } from './audit/compare.ts'
import { readAuditInput } from './audit/read.ts'
import { isDelivered, type Scenario, scenarios } from './generate-orders.ts'
import { type Server, startServer } from './runner/server.ts'
import { serviceNames } from './runner/service-names.ts'
import { createServices, type Services } from './runner/services.ts'
import { expectedStatus, type PlacedOrder, placeOrders } from './test/place-orders.ts'

let folder: string
let server: Server
let services: Services
let client: Client
const ending = new AbortController()

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-order-test-'))
  writeImpatientFlow()
  await start('0')
})

afterEach(async () => {
  await services.stopAll()
  server.child.kill('SIGTERM')
  await server.child.ended
  rmSync(folder, { recursive: true, force: true })
})

/** The saga of the example, but it waits one second for a payment and not fifteen. */
function writeImpatientFlow(): void {
  const text = readFileSync(join(import.meta.dirname, 'order.flow.yaml'), 'utf8')
  const impatient = text.replace('after: { 15s:', 'after: { 1s:')
  expect(impatient).not.toBe(text)
  mkdirSync(join(folder, 'flows'))
  writeFileSync(join(folder, 'flows', 'order.flow.yaml'), impatient)
}

async function start(port: string): Promise<void> {
  server = await startServer({
    flowFolder: join(folder, 'flows'),
    flags: ['--port', port, '--store', `sqlite:${join(folder, 'signalbox.db')}`],
    logFolder: join(folder, 'logs'),
    signal: ending.signal,
  })
  services = createServices({
    url: server.url,
    ledgerFolder: join(folder, 'ledgers'),
    logFolder: join(folder, 'logs'),
    leaseMs: 1_000,
    onNews: () => {},
  })
  for (const name of serviceNames) services.start(name)
  client = createClient({ url: server.url, actor: 'test' })
}

function endOf(orders: readonly PlacedOrder[]): Promise<readonly Execution[]> {
  return Promise.all(orders.map(({ id }) => client.waitForEnd(id, { timeoutMs: 45_000 })))
}

async function expectAgreement(orders: number): Promise<void> {
  const input = await readAuditInput(client, join(folder, 'ledgers'))
  expect(input.executions).toHaveLength(orders)
  for (const finding of compareLedgersWithJournals(input)) {
    expect(finding).toMatchObject({ disagreements: [] })
    expect(finding.checked).toBeGreaterThan(0)
  }
}

test('forty orders go every way there is, and the ledgers agree with the journals', async () => {
  const orders = await placeOrders(client, 40, 'T')
  const ends = await endOf(orders)
  expect(ends.map(({ key, status }) => [key, status])).toEqual(
    orders.map(({ scenario }, index) => [
      `T-${String(index + 1).padStart(4, '0')}`,
      expectedStatus(scenario),
    ]),
  )
  expect(new Set(orders.map(({ scenario }) => scenario))).toEqual(new Set(Object.keys(scenarios)))
  await expectAgreement(40)
  await expectTheStories(orders)
}, 60_000)

/** That each scenario took the way it is named after. */
async function expectTheStories(orders: readonly PlacedOrder[]): Promise<void> {
  const journalOf = (scenario: Scenario) => {
    const id = orders.find((order) => order.scenario === scenario)?.id
    if (id === undefined) throw new Error(`expected an order that goes ${scenario}`)
    return client.journal(id)
  }
  const undone = (await journalOf('addressUnknown'))
    .filter(({ kind, purpose }) => kind === 'command-issued' && purpose === 'undo')
    .map(({ command }) => command)
  expect(undone).toEqual(['RefundPayment', 'ReleaseInventory'])
  expect(await journalOf('paymentCrashesOnce')).toContainEqual(
    expect.objectContaining({
      kind: 'command-failed',
      attempt: 1,
      message: 'the connection to the bank broke',
    }),
  )
  for (const scenario of ['paymentAnswersLate', 'paymentChargesLate'] as const) {
    expect(await journalOf(scenario)).toContainEqual(
      expect.objectContaining({ kind: 'compensation-remembered', outcome: 'unknown' }),
    )
  }
  const attempts = (await journalOf('refundFailsTwice')).filter(
    ({ kind }) => kind === 'compensation-failed',
  )
  expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2])
}

test('orders wait for a service that is stopped, and go on when it is back', async () => {
  await services.stop('shipment')
  const orders = await placeOrders(client, 12, 'W')
  const delivered = orders.filter(({ scenario }) => isDelivered(scenario))
  expect(delivered.length).toBeGreaterThan(0)
  await vi.waitFor(
    async () => {
      const executions = await Promise.all(delivered.map(({ id }) => client.get(id)))
      expect(executions.every(({ node }) => node === 'PaymentProcessed')).toBe(true)
    },
    { timeout: 20_000, interval: 50 },
  )
  services.start('shipment')
  const ends = await endOf(delivered)
  expect(ends.every(({ status }) => status === 'completed')).toBe(true)
  await endOf(orders)
  await expectAgreement(12)
}, 60_000)

test('an operator undoes an order that waits: three compensations, the latest first', async () => {
  await services.stop('shipment')
  const orders = await placeOrders(client, 12, 'O')
  const waiting = orders.find(({ scenario }) => scenario === 'delivered')
  if (waiting === undefined) throw new Error('expected an order that is delivered')
  await vi.waitFor(
    async () => {
      expect(await client.get(waiting.id)).toMatchObject({ node: 'PaymentProcessed' })
    },
    { timeout: 20_000, interval: 50 },
  )
  await client.rollBack(waiting.id, { reason: 'the customer called', target: 'OrderFailed' })
  services.start('shipment')
  const end = await client.waitForEnd(waiting.id, { timeoutMs: 30_000 })
  expect(end).toMatchObject({ status: 'rolled-back', node: 'OrderFailed' })
  expect(end.compensations.map(({ node, status }) => [node, status])).toEqual([
    ['OrderCreated', 'undone'],
    ['InventoryChecked', 'undone'],
    ['PaymentProcessed', 'undone'],
  ])
  await endOf(orders)
  await expectAgreement(12)
}, 60_000)

test('nothing is lost when Signalbox is killed while orders are under way', async () => {
  const orders = await placeOrders(client, 40, 'K')
  server.child.kill('SIGKILL')
  await server.child.ended
  await services.stopAll()
  await start(new URL(server.url).port)
  await endOf(orders)
  await expectAgreement(40)
}, 60_000)
