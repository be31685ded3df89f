import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Client, createClient, createWorker, event, type Worker } from '@signalbox/client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { recordingLog } from '../../client/src/test/recording-log.ts'
import { type Server, startServer, stopServer } from '../../examples/order/runner/server.ts'
import {
  createTestDatabase,
  type TestDatabase,
} from '../infrastructure/postgres/postgres-for-tests.ts'
import { startRoundRobin } from './round-robin.ts'

const flow = `
saga: greeting
channel: greetings
states:
  Asked:
    send: Greet
    on: { Greeted: Thanked }
    after: { 5m: { rollback: Ignored } }
  Thanked:
    send: Thank
    on: { ThankedOK: Done }
    after: { 5m: { rollback: Ignored } }
  Done: { final: success }
  Ignored: { final: failure }
`

const executions = 30
/** Longer than a lease: handlers that are not prolonged lose their command. */
const handlerMs = 900
const leaseMs = 400

let folder: string
let database: TestDatabase
let replicas: readonly Server[]
let worker: Worker | undefined
/** How often each command was carried out. */
let deeds: Map<string, number>
let traces: Map<string, string | undefined>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-client-replicas-'))
  database = await createTestDatabase()
  deeds = new Map()
  traces = new Map()
  replicas = [await startReplica('first'), await startReplica('second')]
  await createClient({ url: urls() }).publish(flow)
})

afterEach(async () => {
  await worker?.stop({ graceMs: 0 })
  await Promise.all(replicas.map(stopServer))
  await database.remove()
  rmSync(folder, { recursive: true, force: true })
})

function startReplica(name: string): Promise<Server> {
  return startServer({
    flowFolder: folder,
    flags: ['--port', '0', '--store', database.url],
    logFolder: join(folder, name),
    signal: new AbortController().signal,
  })
}

const urls = (): readonly string[] => replicas.map(({ url }) => url)

function startWorker(url: string | readonly string[]): void {
  const carryOut = async (id: string, traceparent: string | undefined): Promise<void> => {
    deeds.set(id, (deeds.get(id) ?? 0) + 1)
    traces.set(id, traceparent)
    await pause(handlerMs)
  }
  worker = createWorker({ url, channel: 'greetings', leaseMs, waitMs: 1_000, log: recordingLog() })
    .handle('Greet', async ({ id, traceparent }) => {
      await carryOut(id, traceparent)
      return event('Greeted')
    })
    .handle('Thank', async ({ id, traceparent }) => {
      await carryOut(id, traceparent)
      return event('ThankedOK')
    })
  worker.start()
}

async function startExecutions(client: Client): Promise<readonly string[]> {
  const started = await Promise.all(
    Array.from({ length: executions }, () => client.start({ flow: 'greeting' })),
  )
  return started.map(({ id }) => id)
}

async function expectAllCompleted(client: Client, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const { status } = await client.waitForEnd(id, { timeoutMs: 60_000 })
    expect(status).toBe('completed')
  }
}

test('behind a load balancer, lease, extension and result may go to different replicas', async () => {
  const balancer = await startRoundRobin(urls())
  try {
    startWorker(balancer.url)
    const client = createClient({ url: balancer.url })
    const ids = await startExecutions(client)
    await expectAllCompleted(client, ids)
    for (const url of urls()) {
      for (const path of [/\/lease$/, /\/extend$/, /\/results$/]) {
        expect(balancer.requestsTo(url, path)).toBeGreaterThan(0)
      }
    }
    expect([...deeds.values()]).toEqual(Array.from({ length: 2 * executions }, () => 1))
    const [id = ''] = ids
    const trace = `^00-${id.replaceAll('-', '')}-[0-9a-f]{16}-01$`
    expect(traces.get(`${id}:1`)).toMatch(new RegExp(trace))
  } finally {
    await worker?.stop({ graceMs: 0 })
    await balancer.close()
  }
}, 120_000)

test('when a replica dies, worker and client go on with the other one', async () => {
  startWorker(urls())
  const client = createClient({ url: urls() })
  const ids = await startExecutions(client)
  const dying = replicas.find(({ url }) => url === client.url)
  dying?.child.kill('SIGKILL')
  await dying?.child.ended
  await expectAllCompleted(client, ids)
  expect(client.url).not.toBe(dying?.url)
  expect(deeds.size).toBe(2 * executions)
}, 120_000)
