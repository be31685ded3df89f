import { expect, test } from 'vitest'
import { findFreePorts } from '../../../test/infrastructure/free-port.ts'
import { createKafkaChannel } from '../../channel/kafka/kafka-channel.ts'
import { createQueueChannel } from '../../channel/queue/queue-channel.ts'
import { createEngine } from '../../engine/create-engine.ts'
import { openMemoryStore } from '../../store/memory/memory-store.ts'
import { createHttpServer } from '../server.ts'
import { findStuckTurn } from './live.ts'

/** A server whose only broker is not there. */
async function startWithoutBroker(requiredChannels: readonly string[]) {
  const store = await openMemoryStore()
  const [port] = await findFreePorts(1)
  const broker = `127.0.0.1:${port}`
  const channel = createKafkaChannel({
    name: 'shop',
    brokers: [broker],
    events: ['events'],
    group: 'signalbox',
    startAt: 'earliest',
    unknownExecutions: 'dead-letter',
  })
  const engine = createEngine({
    store,
    channels: [channel],
    createQueue: (name) => createQueueChannel({ name }),
  })
  await engine.start()
  const http = await createHttpServer({
    engine,
    store,
    version: '0',
    auth: { mode: 'off' },
    host: '127.0.0.1',
    port: 0,
    requiredChannels,
  })
  const get = (url: string) => http.inject({ method: 'GET', url, headers: { host: 'localhost' } })
  return {
    get,
    broker,
    close: async () => {
      await http.close()
      await engine.stop(0)
      await store.close()
    },
  }
}

test('a broker that is away degrades: requests are served, and those who may look see why', async () => {
  const server = await startWithoutBroker([])
  await expect
    .poll(async () => (await server.get('/health/ready')).json(), { timeout: 20_000 })
    .toMatchObject({ status: 'degraded', channels: [{ name: 'shop', ok: false }] })
  const ready = await server.get('/health/ready')
  expect(ready.statusCode).toBe(200)
  expect(ready.body).not.toContain(server.broker)
  const cluster = (await server.get('/api/cluster')).json()
  expect(cluster.channels).toMatchObject([{ trouble: { detail: expect.any(String) } }])
  expect((await server.get('/metrics')).body).toContain(
    'signalbox_channel_up{channel="shop",type="kafka"} 0',
  )
  expect((await server.get('/health/live')).statusCode).toBe(200)
  await server.close()
})

test('a broker that is required makes unready', async () => {
  const server = await startWithoutBroker(['shop'])
  await expect
    .poll(async () => (await server.get('/health/ready')).statusCode, { timeout: 20_000 })
    .toBe(503)
  expect((await server.get('/health/ready')).json()).toMatchObject({
    status: 'unready',
    checks: { channels: { ok: false, detail: 'expected these channels to work: shop' } },
  })
  await server.close()
})

test('a turn that does not end is told, and one that is merely slow is not', () => {
  const stats = {
    startedAt: 0,
    inboundMessages: 3,
    cachedExecutions: 0,
    commits: 0,
    conflicts: 0,
    messages: 0,
    stopping: false,
  }
  expect(findStuckTurn(stats, 1_000_000)).toBeUndefined()
  expect(findStuckTurn({ ...stats, turnSince: 1_000 }, 31_000)).toBeUndefined()
  expect(findStuckTurn({ ...stats, turnSince: 1_000 }, 91_000)).toBe(
    'expected a turn to end within 60 s, found one that has been running for 90 s',
  )
})
