import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  createTestDatabase,
  type TestDatabase,
} from '../../test/infrastructure/postgres/postgres-for-tests.ts'
import { type Server, startServer } from './test/processes.ts'

/** Real processes on a real PostgreSQL: `signalbox start --store postgres://…` twice is a cluster. */

const leaseMs = 2_000
const flow = `saga: parcel
channel: yard
states:
  Packing: { send: Pack, on: { Packed: Resting } }
  Resting: { after: { 1s: Gone } }
  Gone: { final: success }
`

let folder: string
let database: TestDatabase
const servers = new Set<Server>()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-cluster-'))
  await writeFile(join(folder, 'parcel.flow.yaml'), flow)
  database = await createTestDatabase()
})

afterEach(async () => {
  await Promise.all([...servers].map((server) => server.stop('SIGKILL')))
  await database.remove()
  await rm(folder, { recursive: true })
})

async function startReplica(name: string, env: Record<string, string> = {}): Promise<Server> {
  const server = await startServer(['start', '--store', database.url, '--flows', folder], {
    cwd: folder,
    env: {
      SIGNALBOX_REPLICA_NAME: name,
      SIGNALBOX_REPLICA_LEASE_MS: String(leaseMs),
      SIGNALBOX_LOG_LEVEL: 'info',
      ...env,
    },
  })
  servers.add(server)
  void server.finished.then(() => servers.delete(server))
  return server
}

// oxlint-disable-next-line typescript/no-explicit-any -- JSON of an answer, whose shape is what is tested
async function ask(server: Server, path: string, body?: object): Promise<any> {
  const answer = await fetch(
    `${server.url}${path}`,
    body === undefined
      ? {}
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
  )
  return answer.json()
}

const start = (server: Server, id: string) =>
  ask(server, '/api/executions', { flow: 'parcel', id, input: {} })

const lease = (server: Server, waitMs: number, workerLeaseMs = 30_000, max = 100) =>
  ask(server, '/api/channels/yard/lease', { worker: 'w', max, waitMs, leaseMs: workerLeaseMs })

const pack = (server: Server, commands: readonly { readonly id: string }[]) =>
  ask(server, '/api/channels/yard/results', {
    results: commands.map(({ id }) => ({ id, event: 'Packed' })),
  })

const replicaNames = async (server: Server): Promise<readonly string[]> =>
  (await ask(server, '/api/cluster')).replicas.map(({ name }: { name: string }) => name).toSorted()

const endOf = async (server: Server, id: string): Promise<string> =>
  (await ask(server, `/api/executions/${id}?waitMs=30000`)).status

describe('two processes on one PostgreSQL', () => {
  test('are one Signalbox: started here, carried out there, ended for both', async () => {
    const [blue, green] = await Promise.all([startReplica('blue'), startReplica('green')])
    // The one that was first hears of the other when it prolongs its lease.
    await expect.poll(() => replicaNames(blue), { timeout: 20_000 }).toEqual(['blue', 'green'])
    const waiting = lease(green, 20_000)
    await start(blue, 'one')
    const commands = await waiting
    expect(commands).toMatchObject([{ id: 'one:1', command: 'Pack', execution: 'one' }])
    expect(await pack(blue, commands)).toEqual({ results: [{ id: 'one:1', applied: true }] })
    expect(await Promise.all([endOf(blue, 'one'), endOf(green, 'one')])).toEqual([
      'completed',
      'completed',
    ])
    await Promise.all([blue.stop(), green.stop()])
  })

  test('a graceful stop is unready first, and hands over at once', async () => {
    // What comes sooner than the lease ends was handed over.
    const longLeaseMs = 15_000
    const long = { SIGNALBOX_REPLICA_LEASE_MS: String(longLeaseMs) }
    const blue = await startReplica('blue', { ...long, SIGNALBOX_DRAIN_MS: '1500' })
    const green = await startReplica('green', long)
    const ids = Array.from({ length: 20 }, (_, index) => `handed-${index}`)
    // A worker waits at blue, so that blue claims what it commits; it takes one and goes.
    const taken = lease(blue, 20_000, 30_000, 1)
    await Promise.all(ids.map((id) => start(blue, id)))
    const [first] = await taken

    const ended = blue.stop()
    await expect
      .poll(async () => (await fetch(`${blue.url}/health/ready`)).status, { interval: 20 })
      .toBe(503)
    expect((await fetch(`${blue.url}/health/live`)).status).toBe(200)
    expect((await start(blue, 'while-draining')).status).toBe('waiting')
    expect((await ended).code).toBe(0)
    const endedAt = Date.now()

    await expect.poll(() => replicaNames(green), { timeout: 20_000 }).toEqual(['green'])
    const rest = await lease(green, 20_000)
    expect(rest.map(({ execution }: { execution: string }) => execution).toSorted()).toEqual(
      [...ids.filter((id) => id !== first.execution), 'while-draining'].toSorted(),
    )
    expect(Date.now() - endedAt).toBeLessThan(longLeaseMs / 3)
    await pack(green, [first, ...rest])
    for (const id of [...ids, 'while-draining']) expect(await endOf(green, id)).toBe('completed')
    await green.stop()
  })

  test('a process that is killed is taken over when its lease ends: commands and timers', async () => {
    const [blue, green] = await Promise.all([startReplica('blue'), startReplica('green')])
    await expect.poll(() => replicaNames(blue), { timeout: 20_000 }).toEqual(['blue', 'green'])
    const ids = Array.from({ length: 20 }, (_, index) => `killed-${index}`)
    const packed = ids.slice(10)
    await Promise.all(packed.map((id) => start(green, id)))
    await pack(green, await lease(green, 5_000))
    // Now some of the timers are blue's to fire. And these commands are blue's, the worker's for 1 s.
    const taken = lease(blue, 20_000, 1_000)
    await Promise.all(ids.slice(0, 10).map((id) => start(blue, id)))
    const commands = [...(await taken)]
    const killedAt = Date.now()
    await blue.stop('SIGKILL')

    const again = new Map<string, { readonly id: string }>()
    while (again.size < 10) {
      for (const command of await lease(green, 20_000)) again.set(command.id, command)
    }
    expect(Date.now() - killedAt).toBeLessThan(leaseMs * 5)
    expect([...again.keys()]).toEqual(
      expect.arrayContaining(commands.map(({ id }: { id: string }) => id)),
    )
    await pack(green, [...again.values()])
    for (const id of ids) expect(await endOf(green, id)).toBe('completed')
    await expect.poll(() => replicaNames(green), { timeout: 20_000 }).toEqual(['green'])
    const metrics = await (await fetch(`${green.url}/metrics`)).text()
    expect(metrics).toContain('signalbox_executions_unwakeable 0')
    await green.stop()
  })
})
