import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { observeStore } from '../../store/observe-store.ts'
import { openMemoryStore } from '../../store/memory/memory-store.ts'
import { type Api, apiOf } from '../test/api.ts'
import { orderFlow } from '../test/test-server.ts'
import { startTwoServers } from '../test/two-servers.ts'
import { createStoreMeter } from './store-meter.ts'

let cluster: Awaited<ReturnType<typeof startTwoServers>>
let api: Api

beforeAll(async () => {
  cluster = await startTwoServers()
  api = apiOf(cluster.servers[0].http)
  await api.postText('/api/flows', orderFlow, 'application/yaml')
  await api.post('/api/executions', { flow: 'order', id: 'm-1', input: { orderId: 'm-1' } })
})

afterAll(async () => {
  await cluster.close()
})

/** The value of one series. */
async function valueOf(series: string): Promise<number | undefined> {
  const { text } = await api.get('/metrics')
  const line = text.split('\n').find((each) => each.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

test('replicas, lease and channels are told', async () => {
  expect(await valueOf('signalbox_lease_held')).toBe(1)
  await expect.poll(() => valueOf('signalbox_replicas'), { timeout: 10_000 }).toBe(2)
  expect(await valueOf('signalbox_channel_up{channel="shop",type="queue"}')).toBe(1)
  expect(await valueOf('signalbox_conflicts_total')).toBe(0)
  expect(await valueOf('signalbox_turn_running_seconds')).toBe(0)
})

test('what the store knows is told', async () => {
  expect(await valueOf('signalbox_store_up')).toBe(1)
  expect(await valueOf('signalbox_executions_unwakeable')).toBe(0)
  expect(await valueOf('signalbox_timers_late_seconds')).toBe(0)
  expect(await valueOf('signalbox_outbox_oldest_seconds{channel="shop"}')).toBeGreaterThanOrEqual(0)
})

test('the calls of a store are measured', async () => {
  const meter = createStoreMeter()
  const store = observeStore(await openMemoryStore(), meter)
  await store.commit([])
  await store.close()
  await expect(store.probe()).rejects.toThrow('STORE_UNAVAILABLE')
  meter.answered('commit', 3, [
    { kind: 'committed', outboxSequences: [1, 2], claimed: [true, false] },
    { kind: 'conflict' },
  ])
  meter.answered('claimOutbox', 1, [{}, {}])
  expect(meter.claimed()).toBe(3)
  expect(meter.text()).toContain('signalbox_commit_duration_seconds_count{outcome="committed"} 2')
  expect(meter.text()).toContain('signalbox_store_failures_total{call="probe"} 1')
})

test('every metric is in the documents, and every one in the documents is there', async () => {
  const { text } = await api.get('/metrics')
  const told = `${text}\n${createStoreMeter().text()}`
  const existing = new Set(
    [...told.matchAll(/^# TYPE (signalbox_\w+)/gm)].map(([, name = '']) => name),
  )
  const page = readFileSync(
    new URL('../../../docs/operations/production.md', import.meta.url),
    'utf8',
  )
  const documented = new Set([...page.matchAll(/`(signalbox_\w+)/g)].map(([, name = '']) => name))
  // Those of traces are only there where traces are sent.
  const known = [...existing].filter((name) => !name.startsWith('signalbox_trace_'))
  expect([...documented].filter((name) => !name.startsWith('signalbox_trace_')).toSorted()).toEqual(
    known.toSorted(),
  )
})
