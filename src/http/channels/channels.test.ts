import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, apiOf } from '../test/api.ts'
import { startTestServer, type TestServer } from '../test/test-server.ts'

let server: TestServer
let api: Api
let port: number

/** One command on a channel of its own, so that the tests do not take each other's. */
async function publish(channel: string): Promise<void> {
  const text = `saga: flow-${channel}\nchannel: ${channel}\nstates:\n  A: { send: Do, on: { Done: B }, after: { 1h: B } }\n  B: { final: success }\n`
  await api.postText('/api/flows', text, 'application/yaml')
}

beforeAll(async () => {
  server = await startTestServer()
  api = apiOf(server.http)
  await server.http.listen()
  port = server.http.address()?.port ?? 0
})

afterAll(async () => {
  await server.close()
})

test('a lease waits for a command, its result moves the execution', async () => {
  await publish('yard')
  const waiting = api.post('/api/channels/yard/lease', { worker: 'w', waitMs: 20_000 })
  const started = await api.post('/api/executions', { flow: 'flow-yard', input: { n: 1 } })
  const leased = await waiting
  expect(leased.body).toMatchObject([
    { command: 'Do', execution: started.body.id, flow: 'flow-yard', data: { n: 1 }, attempt: 1 },
  ])
  expect(leased.body[0].leasedUntil).toMatch(/^\d{4}-.*Z$/)
  const results = [{ id: leased.body[0].id, event: 'Done', data: { m: 2 } }]
  const settled = await api.post('/api/channels/yard/results', { worker: 'w', results })
  expect(settled.body).toEqual({ results: [{ id: leased.body[0].id, applied: true }] })
  const again = await api.post('/api/channels/yard/results', { results })
  expect(again.body.results[0].applied).toBe(false)
  const shown = await api.get(`/api/executions/${started.body.id}`)
  expect(shown.body).toMatchObject({ status: 'completed', state: { n: 1, m: 2 } })
})

test('a lease without a command answers with an empty list in time', async () => {
  const leased = await api.post('/api/channels/empty/lease', { worker: 'w', waitMs: 1 })
  expect(leased.status).toBe(200)
  expect(leased.body).toEqual([])
})

test('who has gone away gets nothing: the command is for the next worker', async () => {
  await publish('gone')
  const body = JSON.stringify({ worker: 'gone', waitMs: 50_000 })
  const lost = request({
    port,
    method: 'POST',
    path: '/api/channels/gone/lease',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  })
  lost.on('error', () => {})
  lost.end(body)
  const waits = async (): Promise<number> =>
    Number(/^signalbox_lease_waits (\d+)/m.exec((await api.get('/metrics')).text)?.[1])
  await expect.poll(waits).toBe(1)
  lost.destroy()
  await expect.poll(waits).toBe(0)

  const started = await api.post('/api/executions', { flow: 'flow-gone' })
  const leased = await api.post('/api/channels/gone/lease', { worker: 'next', waitMs: 5_000 })
  expect(leased.body[0]).toMatchObject({ execution: started.body.id, attempt: 1 })
})

test('a lease is extended by its holder only', async () => {
  await publish('held')
  await api.post('/api/executions', { flow: 'flow-held' })
  const [command] = (await api.post('/api/channels/held/lease', { worker: 'w', waitMs: 5_000 }))
    .body
  const extend = { commands: [command.id, 'unknown:1'], leaseMs: 60_000 }
  const own = await api.post('/api/channels/held/extend', { worker: 'w', ...extend })
  expect(own.body).toEqual({ lost: ['unknown:1'] })
  const other = await api.post('/api/channels/held/extend', { worker: 'other', ...extend })
  expect(other.body.lost).toEqual([command.id, 'unknown:1'])
})

test('channels show what they hold and who works', async () => {
  await publish('shown')
  await api.post('/api/executions', { flow: 'flow-shown' })
  await api.post('/api/channels/shown/lease', { worker: 'busy', waitMs: 5_000 })
  const channels = await api.get('/api/channels')
  expect(channels.body.items).toContainEqual(
    expect.objectContaining({
      name: 'shown',
      type: 'queue',
      held: 1,
      workers: [expect.objectContaining({ worker: 'busy', leased: 1 })],
    }),
  )
})

test.each([
  [[{ id: 'x', event: 'A', error: 'e' }], 'found a mix with an event or data'],
  [[{ id: 'x', retry: false }], 'found a mix with retry'],
  [[{ id: 'x', data: 1 }], 'found a mix with data without an event'],
  [[], 'expected at least 1 item, found 0'],
  [[{ event: 'A' }], 'expected the property "id", found none'],
])('results that contradict themselves: %j', async (results, detail) => {
  const refused = await api.post('/api/channels/yard/results', { results })
  expect(refused.body.code).toBe('REQUEST_INVALID')
  expect(refused.body.detail).toContain(detail)
})

test('an event in a batch of results obeys the limit of any event', async () => {
  await publish('bulky')
  await api.post('/api/executions', { flow: 'flow-bulky', input: {} })
  const leased = await api.post('/api/channels/bulky/lease', { worker: 'w', waitMs: 20_000 })
  const result = (bytes: number): unknown => ({
    results: [{ id: leased.body[0].id, event: 'Done', data: { text: 'x'.repeat(bytes) } }],
  })
  const refused = await api.post('/api/channels/bulky/results', result(1_000_001))
  expect(refused.body).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' })
  const taken = await api.post('/api/channels/bulky/results', result(900_000))
  expect(taken.body.results).toMatchObject([{ applied: true }])
})

test('a result is taken from the channel of its command alone', async () => {
  await publish('mine')
  const started = await api.post('/api/executions', { flow: 'flow-mine', input: {} })
  const results = [{ id: `${started.body.id}:1`, event: 'Done', data: {} }]
  const elsewhere = await api.post('/api/channels/theirs/results', { results })
  expect(elsewhere.body.results).toMatchObject([{ applied: false, reason: 'stale' }])
  expect((await api.get(`/api/executions/${started.body.id}`)).body.status).toBe('waiting')
})
