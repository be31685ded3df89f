import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Client,
  createClient,
  createWorker,
  event,
  newExecutionId,
  RetryLater,
  TerminalError,
  type Worker,
} from '@signalbox/client'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { serverErrorCodes } from '../../client/src/server-error-codes.ts'
import { startServer, stopServer, type Server } from '../../examples/order/runner/server.ts'
import { errorKinds } from '../../src/errors/catalogue.ts'

const flow = `
saga: greeting
channel: greetings
key: \${ input.name }
retry: { attempts: 3, interval: 20ms }
states:
  Asked:
    send: Greet
    undo: Forget
    on: { Greeted: Thanked, Silence: { to: Ignored, failed: true } }
    after: { 1h: { rollback: Ignored } }
  Thanked:
    send: Thank
    on: { ThankedOK: Done, ThankedKO: { rollback: Ignored } }
    after: { 1h: { rollback: Ignored } }
  Done: { final: success }
  Ignored: { final: failure }
`

let folder: string
let server: Server
let client: Client
let worker: Worker | undefined

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-client-test-'))
  server = await startServer({
    flowFolder: folder,
    flags: ['--port', '0', '--store', 'memory:'],
    logFolder: folder,
    signal: new AbortController().signal,
  })
  client = createClient({ url: server.url, actor: 'tester' })
  await client.publish(flow)
})

afterEach(async () => {
  await worker?.stop()
  worker = undefined
})

afterAll(async () => {
  await stopServer(server)
  rmSync(folder, { recursive: true, force: true })
})

function greeter(): Worker {
  // A command that was on its way to the worker of the test before comes again after that time.
  worker = createWorker({ url: server.url, channel: 'greetings', leaseMs: 2_000 })
  return worker
}

test('the client knows every code of the catalogue', () => {
  expect(serverErrorCodes.toSorted()).toEqual(Object.keys(errorKinds).toSorted())
})

describe('a worker on the real server', () => {
  test('carries an execution to its end', async () => {
    greeter()
      .handle<{ name: string }>('Greet', ({ data, key, flow, attempt }) =>
        event('Greeted', { text: `Hello ${data.name}`, key, flow, attempt }),
      )
      .handle('Thank', () => event('ThankedOK'))
      .start()
    const { id } = await client.start({ flow: 'greeting', input: { name: 'Ada' } })
    const end = await client.waitForEnd<{ text: string }>(id, { timeoutMs: 20_000 })
    expect(end).toMatchObject({
      status: 'completed',
      node: 'Done',
      key: 'Ada',
      state: { name: 'Ada', text: 'Hello Ada', key: 'Ada', flow: 'greeting', attempt: 1 },
    })
  })

  test('has its failures retried, later if it says so, and never if it says so', async () => {
    greeter()
      .handle('Greet', ({ attempt }) => {
        if (attempt === 1) throw new Error('slipped')
        if (attempt === 2) throw new RetryLater(30)
        return event('Greeted', { attempt })
      })
      .handle('Thank', () => {
        throw new TerminalError('no thanks', { code: 'UNGRATEFUL' })
      })
      .handle('Forget', () => {})
      .start()
    const { id } = await client.start({ flow: 'greeting', input: { name: 'Bob' } })
    const end = await client.waitForEnd(id, { timeoutMs: 20_000 })
    expect(end.status).toBe('rolled-back')
    expect(end.compensations).toEqual([
      expect.objectContaining({ node: 'Asked', outcome: 'done', status: 'undone' }),
    ])
    const failures = (await client.journal(id)).filter(({ kind }) => kind === 'command-failed')
    expect(failures.map(({ code, attempt }) => [code, attempt])).toEqual([
      ['HANDLER_FAILED', 1],
      ['RETRY_LATER', 2],
      ['UNGRATEFUL', 1],
    ])
  })
})

describe('a client of the real server', () => {
  test('the same id starts one execution', async () => {
    const id = newExecutionId()
    const request = { flow: 'greeting', id, input: { name: 'Cy' } }
    const first = await client.start(request)
    expect(await client.start(request)).toMatchObject({ id, startedAt: first.startedAt })
    const page = await client.list({ flow: 'greeting', key: 'Cy' })
    expect(page.items.map((item) => item.id)).toEqual([id])
  })

  test('events by id and by key; the same id has no second effect', async () => {
    const { id } = await client.start({ flow: 'greeting', input: { name: 'Di' } })
    const message = { event: 'Greeted', id: 'message-1', data: { text: 'Hi' } }
    expect(await client.sendEvent({ flow: 'greeting', key: 'Di' }, message)).toMatchObject({
      applied: true,
      execution: id,
      node: 'Thanked',
    })
    await client.sendEvent(id, message)
    const applied = (await client.journal(id)).filter(({ kind }) => kind === 'event-applied')
    expect(applied).toHaveLength(1)
  })

  test('acts of an operator are facts with actor and reason', async () => {
    const { id } = await client.start({ flow: 'greeting', input: { name: 'Eve' } })
    expect(await client.pause(id, { reason: 'lunch' })).toMatchObject({ status: 'paused' })
    await client.resume(id, { reason: 'lunch is over' })
    expect(await client.move(id, { reason: 'hurry', node: 'Thanked' })).toMatchObject({
      node: 'Thanked',
    })
    expect(await client.cancel(id, { reason: 'enough' })).toMatchObject({ status: 'cancelled' })
    expect(await client.journal(id)).toContainEqual(
      expect.objectContaining({ kind: 'paused', act: { actor: 'tester', reason: 'lunch' } }),
    )
    await expect(client.retry(id, { reason: 'again' })).rejects.toMatchObject({
      name: 'SignalboxClientError',
      status: 409,
    })
  })

  test('all pages of a list', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `page-${index}`)
    await Promise.all(names.map((name) => client.start({ flow: 'greeting', input: { name } })))
    const found: (string | undefined)[] = []
    for await (const { key } of client.listAll({ q: 'page-', limit: 2 })) found.push(key)
    for await (const { key } of client.listAll({ flow: 'greeting', limit: 2 })) found.push(key)
    expect(found).toEqual(expect.arrayContaining(names))
  })

  test('errors have the code and the detail of the server', async () => {
    await expect(client.get('nothing')).rejects.toMatchObject({
      code: 'EXECUTION_NOT_FOUND',
      status: 404,
      retry: false,
    })
    await expect(client.publish('saga: broken')).rejects.toMatchObject({
      code: 'FLOW_INVALID',
      problem: {
        diagnostics: expect.arrayContaining([expect.objectContaining({ severity: 'error' })]),
      },
    })
  })

  test('the counts of a flow', async () => {
    const summary = await client.flow('greeting')
    expect(summary).toMatchObject({ flow: 'greeting', kind: 'saga', status: 'active', version: 1 })
    expect(summary.executions.completed).toBeGreaterThan(0)
  })
})
