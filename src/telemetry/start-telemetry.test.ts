import { afterEach, beforeEach, expect, test } from 'vitest'
import { spanIdOf, traceIdOf } from '../channel/trace-context.ts'
import { openEngine, type TestEngine } from '../engine/test/open-engine.ts'
import { orderFlow } from '../engine/test/flows.ts'
import type { Engine } from '../engine/engine.ts'
import { silentLog } from '../engine/log.ts'
import { startTelemetry, type Telemetry } from './start-telemetry.ts'
import { openOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from './test/otlp-receiver.ts'

let receiver: OtlpReceiver
let opened: TestEngine | undefined

beforeEach(async () => {
  receiver = await openOtlpReceiver()
})

afterEach(async () => {
  await opened?.close()
  await receiver.close()
})

function trace(engine: Engine, sampleRatio = 1): Telemetry {
  const options = { tracesUrl: receiver.url, headers: { 'x-key': 'k1' }, sampleRatio }
  return startTelemetry({ engine, options, log: silentLog })
}

async function openShop(): Promise<TestEngine> {
  const shop = await openEngine('memory')
  opened = shop
  await shop.publish(orderFlow)
  return shop
}

function spanOf(name: string): ReceivedSpan {
  const found = receiver.spans.filter((span) => span.name === name)
  if (found.length !== 1 || found[0] === undefined) {
    throw new Error(`expected one span '${name}', found ${found.length}`)
  }
  return found[0]
}

test('an order that is undone is one trace, from its start to its end', async () => {
  const shop = await openShop()
  const telemetry = trace(shop.engine)
  const caller = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
  const { execution } = await shop.engine.executions.start({
    flow: 'order',
    id: '0198c0de-0000-7000-8000-000000000001',
    input: { orderId: '4711' },
    traceparent: `00-${caller.traceId}-${caller.spanId}-01`,
  })
  const [reserve] = await shop.lease()
  const issuedAt = shop.clock.now()
  await shop.clock.advance(1_000)
  await shop.answer(reserve?.id ?? '', 'Reserved')
  const [pay] = await shop.lease()
  await shop.fail(pay?.id ?? '')
  await shop.clock.advance(60_000)
  const [again] = await shop.lease()
  expect(again?.id).toBe(pay?.id)
  await shop.answer(again?.id ?? '', 'Declined')
  const [release] = await shop.lease()
  await shop.accept(release?.id ?? '')
  await telemetry.stop(5_000)

  expect(new Set(receiver.spans.map(({ traceId }) => traceId))).toEqual(
    new Set([traceIdOf(execution.id)]),
  )
  const root = spanOf('order')
  expect(root.parentSpanId).toBeUndefined()
  expect(root.links).toMatchObject([caller])
  expect(root.attributes).toMatchObject({
    'signalbox.flow.id': 'order',
    'signalbox.flow.version': 1,
    'signalbox.execution.key': '4711',
    'signalbox.status': 'rolled-back',
    'signalbox.node': 'Failed',
  })
  expect(root.status.code).toBe(2)
  expect(root.events.filter(({ name }) => name === 'entered')).toHaveLength(3)
  expect(spanOf('send Reserve')).toMatchObject({
    spanId: spanIdOf(reserve?.id ?? ''),
    parentSpanId: root.spanId,
    startedAt: issuedAt,
    endedAt: issuedAt + 1_000,
    resource: { 'service.name': 'signalbox' },
  })
  expect(spanOf('send Pay').events).toMatchObject([
    { name: 'exception', attributes: { 'exception.type': 'AWAY' } },
  ])
  expect(spanOf('send Pay').status.code ?? 0).toBe(0)
  expect(spanOf('rollback').parentSpanId).toBe(root.spanId)
  expect(spanOf('undo Reserve').parentSpanId).toBe(spanOf('rollback').spanId)
  expect(spanOf('send Release').parentSpanId).toBe(spanOf('undo Reserve').spanId)
  expect(receiver.headers[0]).toMatchObject({ 'x-key': 'k1' })
  expect(telemetry.stats()).toMatchObject({
    spansSent: receiver.spans.length,
    spansDropped: 0,
    changesLeftOut: 0,
  })
})

test('a process that takes over knows when a command was issued, and repeats nothing', async () => {
  const shop = await openShop()
  const first = trace(shop.engine)
  await shop.engine.executions.start({ flow: 'order', id: 'e1', input: { orderId: '1' } })
  const startedAt = shop.clock.now()
  const [reserve] = await shop.lease()
  await shop.answer(reserve?.id ?? '', 'Reserved')
  await first.stop(5_000)
  expect(receiver.spans.map(({ name }) => name)).toEqual(['send Reserve'])

  await shop.restart(60_000)
  const second = trace(shop.engine)
  const [pay] = await shop.lease()
  await shop.answer(pay?.id ?? '', 'Paid')
  await second.stop(5_000)

  expect(receiver.spans.map(({ name }) => name)).toEqual(['send Reserve', 'send Pay', 'order'])
  expect(spanOf('send Pay').startedAt).toBe(startedAt)
  expect(spanOf('order')).toMatchObject({ startedAt, endedAt: startedAt + 60_000 })
  expect(spanOf('order').events.map(({ name }) => name)).toEqual([
    'entered',
    'event-applied',
    'entered',
    'event-applied',
    'entered',
  ])
})

test('replicas that write one execution by turns make one trace together', async () => {
  const shop = await openShop()
  const other = await shop.openAnother()
  const both = [trace(shop.engine), trace(other)]
  await shop.engine.executions.start({ flow: 'order', id: 'e1', input: { orderId: '1' } })
  await other.executions.applyEvent({ executionId: 'e1', event: 'Reserved' })
  await shop.engine.executions.applyEvent({ executionId: 'e1', event: 'Noise' })
  await other.executions.applyEvent({ executionId: 'e1', event: 'Declined' })
  const request = { worker: 'w1', max: 10, waitMs: 0, leaseMs: 30_000 }
  const commands = await other.queue('shop').lease(request)
  const release = commands.find(({ command }) => command === 'Release')
  await other.queue('shop').settle([{ kind: 'accepted', commandId: release?.id ?? '' }])
  await Promise.all(both.map((telemetry) => telemetry.stop(5_000)))

  const ids = receiver.spans.map(({ spanId }) => spanId)
  expect(new Set(ids).size).toBe(ids.length)
  expect(receiver.spans.map(({ name }) => name).toSorted()).toEqual([
    'order',
    'rollback',
    'send Pay',
    'send Release',
    'send Reserve',
    'undo Reserve',
  ])
  expect(spanOf('order').events.map(({ name }) => name)).toContain('event-ignored')
  for (const telemetry of both) expect(telemetry.stats().changesLeftOut).toBe(0)
})

test('every replica chooses the same executions, about as many as wanted', async () => {
  const shop = await openShop()
  const other = await shop.openAnother()
  const both = [trace(shop.engine, 0.25), trace(other, 0.25)]
  const ids = Array.from({ length: 200 }, (_, index) => `execution-${index}`)
  for (const id of ids) {
    await shop.engine.executions.start({ flow: 'order', id, input: { orderId: id } })
    await other.executions.applyEvent({ executionId: id, event: 'NothingLeft' })
  }
  await Promise.all(both.map((telemetry) => telemetry.stop(5_000)))

  const roots = receiver.spans.filter(({ parentSpanId }) => parentSpanId === undefined)
  const traces = new Set(receiver.spans.map(({ traceId }) => traceId))
  expect(traces.size).toBe(roots.length)
  expect(roots.length).toBeGreaterThan(25)
  expect(roots.length).toBeLessThan(80)
})

test('a receiver that refuses costs spans, counted, and the engine nothing', async () => {
  const shop = await openShop()
  receiver.answerWith(400)
  const telemetry = trace(shop.engine)
  for (let number = 0; number < 20; number += 1) {
    const id = `e${number}`
    await shop.engine.executions.start({ flow: 'order', id, input: { orderId: id } })
    await shop.engine.executions.act(id, { kind: 'cancel', actor: 'a', reason: 'r' })
  }
  await telemetry.stop(5_000)
  expect(telemetry.stats()).toEqual({
    spansSent: 0,
    spansDropped: 40,
    spansWaiting: 0,
    changesLeftOut: 0,
  })
  expect(shop.errors).toEqual([])
})
