import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClient } from './api/client.ts'
import { recordingLog } from './test/recording-log.ts'
import { deferred } from './test/deferred.ts'
import { WorkerServer } from './test/worker-server.ts'
import { type Command, event } from './worker/command.ts'
import { createWorker, type Worker } from './worker/worker.ts'

const until = (condition: () => void): Promise<void> =>
  vi.waitFor(condition, { timeout: 10_000, interval: 5 })

const command = (id: string): Command => ({
  id,
  command: 'Check',
  execution: 'e1',
  flow: 'order',
  data: {},
  attempt: 1,
})

describe('a worker of two replicas', () => {
  let replicas: readonly WorkerServer[] = []
  let worker: Worker | undefined

  beforeEach(async () => {
    replicas = [new WorkerServer(), new WorkerServer()]
    for (const replica of replicas) await replica.listen()
  })

  afterEach(async () => {
    await worker?.stop({ graceMs: 0 })
    await Promise.all(replicas.map((replica) => replica.die()))
  })

  test('brings its result to the other one when the one that gave the command dies', async () => {
    const finish = deferred()
    worker = createWorker({
      url: replicas.map(({ url }) => url),
      channel: 'shop',
      leaseMs: 60,
      log: recordingLog(),
    }).handle('Check', async ({ id }) => {
      await finish.promise
      return event('CheckOK', { id })
    })
    worker.start()
    await until(() => expect(replicas.some((replica) => replica.waitingLeases() > 0)).toBe(true))
    const [asked, other] = replicas.toSorted((a, b) => b.waitingLeases() - a.waitingLeases())
    asked?.push(command('e1:1'))
    await until(() => expect(asked?.extended).toContainEqual(['e1:1']))
    await asked?.die()
    await until(() => expect(other?.extended).toContainEqual(['e1:1']))
    finish.resolve()
    await until(() => expect(other?.results).toMatchObject([{ id: 'e1:1', event: 'CheckOK' }]))
    other?.push(command('e2:1'))
    await until(() => expect(other?.results.map(({ id }) => id)).toEqual(['e1:1', 'e2:1']))
  })
})

describe('a client of several replicas', () => {
  const closing: (() => Promise<void>)[] = []

  afterEach(async () => {
    await Promise.all(closing.splice(0).map((close) => close()))
  })

  /** A replica that answers everything in one way, and counts. */
  async function replica(status: number, body: object): Promise<{ url: string; asked: number }> {
    const server = createServer((_request, response) => {
      about.asked += 1
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    const about = { url: `http://127.0.0.1:${port}`, asked: 0 }
    closing.push(async () => {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    })
    return about
  }

  async function deadUrl(): Promise<string> {
    const { url } = await replica(200, {})
    await closing.pop()?.()
    return url
  }

  test('an act that nobody has heard is said to the next one, and none is said twice', async () => {
    const alive = await replica(200, { id: 'e1' })
    const client = createClient({ url: [await deadUrl(), await deadUrl(), alive.url] })
    expect(await client.cancel('e1', { reason: 'enough' })).toEqual({ id: 'e1' })
    expect(client.url).toBe(alive.url)
    expect(alive.asked).toBe(1)
  })

  test('an act that a stopping replica refuses fails, and the next request goes elsewhere', async () => {
    const problem = {
      code: 'STOPPING',
      detail: 'expected a server, found one that stops',
      retry: true,
    }
    const stopping = [await replica(503, problem), await replica(503, problem)]
    const client = createClient({ url: stopping.map(({ url }) => url), repeats: 3 })
    await expect(client.cancel('e1', { reason: 'enough' })).rejects.toMatchObject({
      code: 'STOPPING',
    })
    expect(stopping.map(({ asked }) => asked).toSorted()).toEqual([0, 1])
    await expect(client.get('e1')).rejects.toMatchObject({ code: 'STOPPING' })
    expect(stopping.map(({ asked }) => asked).toSorted()).toEqual([2, 3])
  })

  test('with all of them away, the failure names the one that was asked last', async () => {
    const dead = [await deadUrl(), await deadUrl()]
    const client = createClient({ url: dead.join(','), repeats: 0 })
    await expect(client.cancel('e1', { reason: 'enough' })).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      detail: expect.stringMatching(
        new RegExp(`^expected an answer of Signalbox at (${dead.join('|')})`),
      ),
    })
  })
})
