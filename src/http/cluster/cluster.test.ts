import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, apiOf } from '../test/api.ts'
import { orderFlow, startTestServer } from '../test/test-server.ts'
import { startTwoServers } from '../test/two-servers.ts'

let cluster: Awaited<ReturnType<typeof startTwoServers>>
let one: Api
let two: Api

beforeAll(async () => {
  cluster = await startTwoServers()
  one = apiOf(cluster.servers[0].http)
  two = apiOf(cluster.servers[1].http)
  await one.postText('/api/flows', orderFlow, 'application/yaml')
})

afterAll(async () => {
  await cluster.close()
})

async function startOrder(api: Api, id: string): Promise<void> {
  const input = { orderId: id, customer: 'Bulky' }
  expect((await api.post('/api/executions', { flow: 'order', id, input })).status).toBe(201)
}

test('replicas know each other, and which of them answers', async () => {
  await expect.poll(async () => (await one.get('/api/cluster')).body.replicas.length).toBe(2)
  const { body } = await two.get('/api/cluster')
  expect(body).toMatchObject({ store: 'memory', shared: true, lease: 'held', stopping: false })
  expect(body.replicas.map(({ name }: { name: string }) => name).toSorted()).toEqual(['one', 'two'])
  const answering = body.replicas.filter(({ answers }: { answers: boolean }) => answers)
  expect(answering).toMatchObject([{ id: body.replica, name: 'two', leaseMs: 5_000 }])
})

test('a store of its own has no replicas', async () => {
  const server = await startTestServer()
  const { body } = await apiOf(server.http).get('/api/cluster')
  expect(body).toMatchObject({ shared: false, lease: 'none', replicas: [] })
  expect(body).not.toHaveProperty('replica')
  await server.close()
})

test('a set that one replica froze is acted on through the other, once', async () => {
  for (const id of ['bulk-1', 'bulk-2']) await startOrder(one, id)
  const action = { kind: 'pause', reason: 'stocktaking' }
  const filter = { q: 'bulky', status: ['waiting'] }
  const dryRun = await one.post('/api/executions/bulk', { filter, action, dryRun: true })
  expect(dryRun.body.count).toBe(2)
  await startOrder(two, 'bulk-3')

  const { set } = dryRun.body
  const done = await two.post('/api/executions/bulk', { set, action })
  expect(done.body).toEqual({ dryRun: false, count: 2, applied: 2, failed: [] })
  expect((await one.get('/api/executions/bulk-3')).body.status).toBe('waiting')

  // Again, as after an answer that was lost, while somebody has resumed one of them.
  await one.post('/api/executions/bulk-1/resume', { reason: 'counted' })
  const again = await one.post('/api/executions/bulk', { set, action })
  expect(again.body).toEqual({ dryRun: false, count: 2, applied: 2, failed: [] })
  expect((await two.get('/api/executions/bulk-1')).body.status).toBe('waiting')

  const cancelled = await two.post('/api/executions/bulk', {
    set,
    action: { kind: 'cancel', reason: 'recall' },
  })
  expect(cancelled.body).toMatchObject({ applied: 2, failed: [] })
})

test('a stream hears what the other replica does', async () => {
  const { url } = await cluster.servers[0].http.listen()
  const stream = await fetch(`${url}/api/live?execution=live-1`)
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  await startOrder(two, 'live-1')
  let text = ''
  while (!text.includes('"id":"live-1"')) text += (await reader?.read())?.value ?? ''
  expect(text).toContain('event: execution')
  await reader?.cancel()
})
