import { describe, expect, test } from 'vitest'
import type { Fact } from '../../kernel/model/fact.ts'
import { plainPaint } from './paint.ts'
import { symbolsFor } from './symbols.ts'
import { createTimeline, renderTimeline, type TimelineOptions } from './timeline.ts'

const start = 1_700_000_000_000
const options: TimelineOptions = {
  paint: plainPaint,
  symbols: symbolsFor(true),
  unicode: true,
  fold: true,
}

type Untimed<F> = F extends Fact ? Omit<F, 'at'> : never

/** A fact `offsetMs` after the start. */
function at(offsetMs: number, fact: Untimed<Fact>): Fact {
  return { ...fact, at: start + offsetMs }
}

const startedData = {
  kind: 'started',
  id: 'e1',
  flow: 'order',
  version: 3,
  flowKind: 'saga',
  key: '4711',
  input: { orderId: '4711' },
  actor: 'shop',
} as const
const started = at(0, startedData)

function entered(offsetMs: number, node: string, by: Extract<Fact, { kind: 'entered' }>['by']) {
  return at(offsetMs, { kind: 'entered', node, by, timers: [], status: 'waiting', stage: 'open' })
}

function issued(
  offsetMs: number,
  id: string,
  command: string,
  purpose: 'activity' | 'also' | 'undo' = 'activity',
  node = 'OrderCreated',
) {
  return at(offsetMs, { kind: 'command-issued', id, channel: 'shop', command, purpose, node })
}

function applied(offsetMs: number, event: string) {
  return at(offsetMs, {
    kind: 'event-applied',
    messageId: event,
    event,
    data: null,
    merge: 'shallow',
  })
}

function failed(offsetMs: number, id: string, attempt: number, retryAt?: number) {
  return at(offsetMs, {
    kind: 'command-failed',
    id,
    attempt,
    code: 'HTTP_503',
    message: 'the service is away',
    ...(retryAt === undefined ? {} : { retryAt: start + retryAt }),
  })
}

const byEvent = (event: string) => ({ kind: 'event', event, messageId: event }) as const
const act = { actor: 'ops', reason: 'checked by hand' }

describe('golden timelines', () => {
  test('a saga that completes', () => {
    const facts = [
      started,
      entered(0, 'OrderCreated', { kind: 'start' }),
      issued(0, 'e1:1', 'CheckInventory'),
      applied(120, 'InventoryCheckOK'),
      at(120, { kind: 'state-set', values: { shelf: 'A7' } }),
      entered(120, 'OrderShipped', byEvent('InventoryCheckOK')),
      issued(120, 'e1:2', 'SendMail', 'also', 'OrderShipped'),
      at(2_400, { kind: 'command-accepted', id: 'e1:2' }),
      at(2_400, { kind: 'finished', status: 'completed' }),
    ]
    expect(renderTimeline(facts, options)).toMatchInlineSnapshot(`
      "    +0ms  ▸ order v3 started by shop  {"orderId":"4711"}
                ● OrderCreated  [open]
                │ → CheckInventory to shop
        +120ms  │ ← InventoryCheckOK
                │ · set  {"shelf":"A7"}
                ● OrderShipped  [open]
                │ → SendMail to shop, beside
         +2.4s  │ ✓ SendMail accepted
                ✓ completed after 2.4s"
    `)
  })

  test('a saga that is rolled back, with retries folded', () => {
    const facts = [
      started,
      entered(0, 'InventoryChecked', { kind: 'start' }),
      issued(0, 'e1:1', 'ProcessPayment', 'activity', 'InventoryChecked'),
      failed(10, 'e1:1', 1, 510),
      failed(510, 'e1:1', 2, 1_510),
      failed(1_510, 'e1:1', 3, 3_510),
      at(60_000, { kind: 'timer-fired', id: '1.0' }),
      at(60_000, {
        kind: 'compensation-remembered',
        id: 'c1',
        node: 'InventoryChecked',
        outcome: 'unknown',
      }),
      at(60_000, {
        kind: 'rollback-started',
        target: 'OrderFailed',
        by: { kind: 'timer', delayMs: 60_000 },
      }),
      at(60_000, {
        kind: 'compensation-started',
        id: 'c1',
        node: 'InventoryChecked',
        attempt: 1,
        commandId: 'e1:2',
        timers: [],
      }),
      issued(60_000, 'e1:2', 'RefundPayment', 'undo', 'InventoryChecked'),
      at(60_010, {
        kind: 'compensation-failed',
        id: 'c1',
        attempt: 1,
        code: 'RefundFailed',
        message: 'no such charge',
        retry: { id: 'r', at: start + 60_510, purpose: { kind: 'compensation-retry' } },
      }),
      at(60_510, {
        kind: 'compensation-started',
        id: 'c1',
        node: 'InventoryChecked',
        attempt: 2,
        commandId: 'e1:3',
        timers: [],
      }),
      issued(60_510, 'e1:3', 'RefundPayment', 'undo', 'InventoryChecked'),
      at(60_520, {
        kind: 'compensation-failed',
        id: 'c1',
        attempt: 2,
        code: 'RefundFailed',
        message: 'no such charge',
        retry: { id: 'r', at: start + 61_520, purpose: { kind: 'compensation-retry' } },
      }),
      at(61_520, {
        kind: 'compensation-started',
        id: 'c1',
        node: 'InventoryChecked',
        attempt: 3,
        commandId: 'e1:4',
        timers: [],
      }),
      issued(61_520, 'e1:4', 'RefundPayment', 'undo', 'InventoryChecked'),
      at(61_600, { kind: 'command-accepted', id: 'e1:4' }),
      at(61_600, { kind: 'compensation-completed', id: 'c1' }),
      entered(61_600, 'OrderFailed', { kind: 'rollback' }),
      at(61_600, { kind: 'finished', status: 'rolled-back', outcome: { code: 'TIMEOUT' } }),
    ]
    expect(renderTimeline(facts, options)).toMatchInlineSnapshot(`
      "    +0ms  ▸ order v3 started by shop  {"orderId":"4711"}
                ● InventoryChecked  [open]
                │ → ProcessPayment to shop
         +1.5s  │ ✗ ProcessPayment failed 3 times  HTTP_503: the service is away; again in 2s
           +1m  │ · InventoryChecked was left without an answer; a rollback undoes it too
                ↶ rollback to OrderFailed  after 1m
                │ ↶ RefundPayment to shop undoes InventoryChecked
                │ ✗ undo of InventoryChecked failed 2 times  RefundFailed: no such charge; again in 1s
        +1m 1s  │ ✓ InventoryChecked undone
                ● OrderFailed  [open] everything is undone
                ↶ rolled back after 1m 1s, because of a timer"
    `)
    expect(renderTimeline(facts, { ...options, fold: false }).split('\n').length).toBe(
      renderTimeline(facts, options).split('\n').length + 5,
    )
  })

  test('an incident, and what people did about it', () => {
    const incident = {
      code: 'RETRIES_EXHAUSTED',
      message: 'ProcessPayment failed 5 times',
      at: start + 9_000,
      node: 'InventoryChecked',
      subject: { kind: 'command', commandId: 'e1:1' },
    } as const
    const facts = [
      started,
      issued(0, 'e1:1', 'ProcessPayment'),
      failed(9_000, 'e1:1', 5),
      at(9_000, { kind: 'incident-raised', incident }),
      at(3_600_000, { kind: 'incident-resolved', status: 'waiting', act }),
      at(3_600_000, { kind: 'command-resent', id: 'e1:1', act }),
      at(3_700_000, { kind: 'paused', act }),
      at(3_700_100, {
        kind: 'event-kept',
        messageId: 'm',
        event: 'PaymentOK',
        data: null,
        reason: 'paused',
      }),
      at(3_800_000, { kind: 'resumed', act }),
      at(3_800_000, { kind: 'event-released', messageId: 'm' }),
      at(3_800_000, {
        kind: 'event-ignored',
        messageId: 'm2',
        event: 'PaymentKO',
        data: null,
        reason: 'late',
      }),
      at(3_800_000, {
        kind: 'message-rejected',
        messageId: 'm3',
        message: 'apply-event',
        code: 'EVENT_INVALID',
        detail: 'expected a receipt',
      }),
      at(3_900_000, {
        kind: 'compensation-remembered',
        id: 'c1',
        node: 'InventoryChecked',
        outcome: 'done',
      }),
      at(3_900_000, { kind: 'compensation-skipped', id: 'c1', act }),
      entered(3_900_000, 'ManualCheck', { kind: 'operator', ...act }),
      at(100_000_000, { kind: 'finished', status: 'cancelled', act }),
    ]
    expect(renderTimeline(facts, options)).toMatchInlineSnapshot(`
      "    +0ms  ▸ order v3 started by shop  {"orderId":"4711"}
                │ → ProcessPayment to shop
           +9s  │ ✗ ProcessPayment failed, attempt 5  HTTP_503: the service is away; not tried again
                ▲ incident RETRIES_EXHAUSTED  ProcessPayment failed 5 times
           +1h  │ ◆ incident resolved  by ops: checked by hand
                │ ◆ ProcessPayment sent again  by ops: checked by hand
        +1h 1m  │ ◆ paused  by ops: checked by hand
                │ ← PaymentOK kept until the pause ends
        +1h 3m  │ ◆ resumed  by ops: checked by hand
                │ · PaymentKO ignored: it came too late
                │ ✗ apply-event rejected: EVENT_INVALID  expected a receipt
        +1h 5m  │ ◆ undo of InventoryChecked skipped  by ops: checked by hand
                ● ManualCheck  [open] by ops: checked by hand
        +1d 3h  ✗ cancelled after 1d 3h  by ops: checked by hand"
    `)
  })

  test('words in place of signs', () => {
    const facts = [
      started,
      entered(0, 'A', { kind: 'start' }),
      applied(5, 'Done'),
      at(9, { kind: 'failed', code: 'X', message: 'm' }),
    ]
    expect(renderTimeline(facts, { ...options, symbols: symbolsFor(false), unicode: false }))
      .toMatchInlineSnapshot(`
      "    +0ms  run   order v3 started by shop  {"orderId":"4711"}
                in    A  [open]
          +5ms    event Done
          +9ms    fail  X  m"
    `)
  })
})

test('lines fit the terminal, details are cut first', () => {
  const facts = [
    started,
    at(5, {
      kind: 'event-applied',
      messageId: 'm',
      event: 'Done',
      data: { text: 'x'.repeat(500) },
      merge: 'shallow',
    }),
  ]
  for (const line of renderTimeline(facts, { ...options, width: 50 }).split('\n')) {
    expect(line.length).toBeLessThanOrEqual(50)
  }
})

test('data cannot control the terminal', () => {
  const evil = '\u001b[2J\u0007\u202e\r\nfake'
  const facts: readonly Fact[] = [
    at(0, { ...startedData, flow: evil, actor: evil }),
    entered(0, evil, { kind: 'operator', actor: evil, reason: evil }),
    applied(1, evil),
    issued(1, 'e1:1', evil),
    failed(2, 'e1:1', 2),
    failed(3, 'e1:1', 3),
    at(4, { kind: 'failed', code: evil, message: evil }),
    at(4, { kind: 'finished', status: 'failed', outcome: { code: evil } }),
  ]
  const text = renderTimeline(facts, options)
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  expect(text.split('\n')).toHaveLength(7)
})

test('a timeline that grows knows what came before', () => {
  const timeline = createTimeline({ ...options, fold: false })
  expect(timeline.render([started, issued(0, 'e1:1', 'ProcessPayment')])).toHaveLength(2)
  expect(timeline.render([failed(1_000, 'e1:1', 1, 2_000)])).toEqual([
    '     +1s  │ ✗ ProcessPayment failed  HTTP_503: the service is away; again in 1s',
  ])
})
