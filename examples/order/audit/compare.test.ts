import type { ExecutionSummary, Fact } from '@signalbox/client'
import { expect, test } from 'vitest'
import type { LedgerEntry } from '../services/ledger.ts'
import { type AuditInput, compareLedgersWithJournals } from './compare.ts'

const services = ['inventory', 'payment', 'shipment'] as const
type Service = (typeof services)[number]

const commands = {
  inventory: ['CheckInventory', 'InventoryCheckOK', 'ReleaseInventory'],
  payment: ['ProcessPayment', 'PaymentOK', 'RefundPayment'],
  shipment: ['ArrangeShipment', 'ShipmentOK', 'CancelShipment'],
} as const

function entry(service: Service, number: number, rest: Partial<LedgerEntry> = {}): LedgerEntry {
  const [command, event] = commands[service]
  return {
    at: '2030-01-01T00:00:00.000Z',
    commandId: `e1:${number}`,
    command,
    execution: 'e1',
    order: 'o1',
    attempt: 1,
    deed: 'done',
    what: null,
    answer: { event },
    ...rest,
  }
}

function fact(kind: string, rest: object): Fact {
  return { sequence: 1, at: '2030-01-01T00:00:00.000Z', kind, ...rest }
}

const path = ['OrderCreated', 'InventoryChecked', 'PaymentProcessed', 'OrderShipped']

function execution(rest: Partial<ExecutionSummary> = {}): ExecutionSummary {
  return {
    id: 'e1',
    flow: 'order',
    version: 1,
    kind: 'saga',
    key: 'o1',
    status: 'completed',
    node: 'OrderShipped',
    startedAt: '2030-01-01T00:00:00.000Z',
    updatedAt: '2030-01-01T00:00:00.000Z',
    revision: 11,
    ...rest,
  }
}

function journalOf(nodes: readonly string[]): readonly Fact[] {
  return [
    ...nodes.map((node) => fact('entered', { node })),
    ...services.flatMap((service, index) => [
      fact('command-issued', { id: `e1:${index + 1}` }),
      fact('event-applied', { commandId: `e1:${index + 1}`, event: commands[service][1] }),
    ]),
  ]
}

/** An order that was delivered, and what differs from it. */
function audit(
  change: {
    readonly extra?: Partial<Record<Service, readonly LedgerEntry[]>>
    readonly missing?: Service
    readonly execution?: Partial<ExecutionSummary>
    readonly nodes?: readonly string[]
  } = {},
): readonly string[] {
  const ledgers = services.map((service, index) => ({
    service,
    entries: [
      ...(change.missing === service ? [] : [entry(service, index + 1)]),
      ...(change.extra?.[service] ?? []),
    ],
  }))
  const input: AuditInput = {
    executions: [
      { execution: execution(change.execution), journal: journalOf(change.nodes ?? path) },
    ],
    ledgersBefore: ledgers,
    ledgersAfter: ledgers,
  }
  return compareLedgersWithJournals(input).flatMap(({ disagreements }) => disagreements)
}

test('a delivered order with its three deeds agrees', () => {
  expect(audit()).toEqual([])
})

test('a repeat of a command with the same id agrees', () => {
  expect(audit({ extra: { payment: [entry('payment', 2, { deed: 'repeated' })] } })).toEqual([])
})

test.each<[string, Parameters<typeof audit>[0], readonly string[]]>([
  [
    'a command that no journal issued',
    { extra: { payment: [entry('payment', 9, { deed: 'refused', command: 'ProcessPayment' })] } },
    ['o1: no journal issued ProcessPayment e1:9'],
  ],
  [
    'a charge made twice',
    { extra: { payment: [entry('payment', 2)] } },
    ['payment: ProcessPayment e1:2 was carried out twice', 'payment: o1 done twice'],
  ],
  [
    'an answer that no ledger gave, for a delivered order',
    { missing: 'shipment' },
    ['e1:3: no ledger answered ShipmentOK', 'o1: delivered, but the shipment holds nothing for it'],
  ],
  [
    'a failed order that still holds everything',
    {
      execution: { status: 'rolled-back', node: 'OrderFailed' },
      nodes: ['OrderCreated', 'InventoryChecked', 'PaymentProcessed', 'OrderFailed'],
    },
    services.map((service) => `o1: rolled-back, but the ${service} still holds something`),
  ],
  [
    'a path that the saga does not have',
    { nodes: ['OrderCreated', 'PaymentProcessed', 'OrderShipped'] },
    ['o1: OrderCreated → PaymentProcessed → OrderShipped'],
  ],
])('%s disagrees', (_what, change, disagreements) => {
  expect(audit(change)).toEqual(disagreements)
})
