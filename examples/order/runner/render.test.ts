import { expect, test } from 'vitest'
import { createPaint } from './paint.ts'
import { dashboard, duration, storyLine, type View } from './render.ts'
import type { OrderStory } from './order-story.ts'

const plain = createPaint(false)

const rolledBack: OrderStory = {
  orderId: 'AB12CD-0014',
  status: 'rolled-back',
  steps: [
    { kind: 'entered', name: 'OrderCreated' },
    { kind: 'entered', name: 'InventoryChecked' },
    { kind: 'entered', name: 'PaymentProcessed' },
    { kind: 'undone', name: 'RefundPayment' },
    { kind: 'undone', name: 'ReleaseInventory' },
    { kind: 'entered', name: 'OrderFailed' },
  ],
  reason: 'no carrier goes to Atlantis',
  startedAtMs: 1_000,
  finishedAtMs: 1_021,
}

const view: View = {
  url: 'http://127.0.0.1:7700',
  serverPid: 12345,
  startedAtMs: 0,
  nowMs: 65_000,
  counts: { delivered: 8, rolledBack: 4, failed: 2, underWay: 1, incidents: 0 },
  endedEarlier: 6,
  services: [{ name: 'inventory', pid: 12346 }, { name: 'payment' }, { name: 'shipment', pid: 2 }],
  latest: Array.from({ length: 12 }, () => rolledBack),
  news: ['the payment service was stopped; its orders wait (press p to start it)'],
  auditCommand: 'npx node examples/order/audit.ts',
  logFolder: '.signalbox/logs',
}

test('a line says the whole path where there is room, and the reason everywhere', () => {
  const shown = (columns?: number): string => storyLine(rolledBack, 0, plain, columns)
  expect(shown()).toBe(
    '↶ AB12CD-0014    21ms  OrderCreated → InventoryChecked → PaymentProcessed ↶ RefundPayment ↶ ReleaseInventory → OrderFailed  no carrier goes to Atlantis',
  )
  expect(shown(118)).toBe(
    '↶ AB12CD-0014    21ms  PaymentProcessed ↶ RefundPayment ↶ ReleaseInventory  no carrier goes to Atlantis',
  )
  expect(shown(78)).toBe('↶ AB12CD-0014    21ms  PaymentProcessed ↶↶  no carrier goes to Atlantis')
})

test.each([
  [80, 23],
  [120, 40],
  [60, 15],
  [200, 60],
])('the dashboard fits a terminal of %i columns and %i rows', (columns, rows) => {
  const lines = dashboard(view, { columns, rows }, plain)
  expect(lines.length).toBeLessThanOrEqual(rows)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
})

test('a small terminal shows fewer orders, and still the keys', () => {
  const lines = dashboard(view, { columns: 80, rows: 23 }, plain)
  expect(lines.filter((line) => line.includes('AB12CD')).length).toBeGreaterThanOrEqual(6)
  expect(lines.at(-1)).toContain('q: quit')
  expect(lines).toContain(
    '  ● signalbox 12345   ● inventory 12346   ○ payment stopped   ● shipment 2',
  )
})

test('durations are written as the command line writes them', () => {
  expect([14, 1_250, 125_000].map(duration)).toEqual(['14ms', '1.3s', '2m 5s'])
})
