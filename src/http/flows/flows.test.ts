import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, apiOf } from '../test/api.ts'
import { orderFlow, startTestServer, type TestServer } from '../test/test-server.ts'

let server: TestServer
let api: Api

beforeAll(async () => {
  server = await startTestServer()
  api = apiOf(server.http)
})

afterAll(async () => {
  await server.close()
})

const minimal = (id: string, title = ''): string =>
  `saga: ${id}\n${title === '' ? '' : `title: ${title}\n`}channel: c\nstates:\n  A: { send: Do, on: { Done: B }, after: { 1h: B } }\n  B: { final: success }\n`

test('publishing makes a version, the same text again does not', async () => {
  const first = await api.postText('/api/flows', orderFlow, 'application/yaml')
  expect(first.status).toBe(201)
  expect(first.headers['location']).toBe('/api/flows/order/versions/1')
  expect(first.body).toMatchObject({ flow: 'order', kind: 'saga', version: 1 })
  expect(first.body.hash).toMatch(/^[0-9a-f]{64}$/)
  const again = await api.postText('/api/flows', orderFlow, 'text/plain')
  expect(again.status).toBe(200)
  expect(again.body.version).toBe(1)
  const second = await api.postText('/api/flows', `${orderFlow}# changed\n`, 'text/yaml')
  expect(second.status).toBe(201)
  expect(second.body.version).toBe(2)
})

test('JSON is published as it stands', async () => {
  const text = JSON.stringify({
    saga: 'as-json',
    channel: 'c',
    states: {
      A: { send: 'Do', on: { Done: 'B' }, after: { '1h': 'B' } },
      B: { final: 'success' },
    },
  })
  const published = await api.postText('/api/flows', text, 'application/json; charset=utf-8')
  expect(published.status).toBe(201)
  const version = await api.get('/api/flows/as-json/versions/1')
  expect(version.body).toMatchObject({ text, format: 'json' })
})

test('a flow with errors is refused with its findings', async () => {
  const text = 'saga: broken\nchannel: c\nstates:\n  A: { on: { X: Nowhere } }\n'
  const refused = await api.postText('/api/flows?file=broken.flow.yaml', text, 'application/yaml')
  expect(refused.status).toBe(422)
  expect(refused.body.code).toBe('FLOW_INVALID')
  expect(refused.body.diagnostics).toContainEqual(
    expect.objectContaining({
      code: 'TARGET_UNKNOWN',
      severity: 'error',
      file: 'broken.flow.yaml',
      range: expect.objectContaining({ line: 4 }),
    }),
  )
  const missing = await api.get('/api/flows/broken')
  expect(missing.body.code).toBe('FLOW_NOT_FOUND')
})

test('checking stores nothing, and explores if asked to', async () => {
  const checked = await api.postText(
    '/api/flows/check?explore=true',
    minimal('only-checked'),
    'application/yaml',
  )
  expect(checked.status).toBe(200)
  expect(checked.body.graph.nodes.map(({ id }: { id: string }) => id)).toEqual(['A', 'B'])
  expect((await api.get('/api/flows/only-checked')).status).toBe(404)
  const broken = await api.postText('/api/flows/check', 'saga: [', 'application/yaml')
  expect(broken.status).toBe(200)
  expect(broken.body.diagnostics.map(({ code }: { code: string }) => code)).toContain('YAML_SYNTAX')
})

test('flows are listed page after page, with counts', async () => {
  for (const id of ['page-a', 'page-b', 'page-c']) {
    await api.postText('/api/flows', minimal(id), 'application/yaml')
  }
  await api.post('/api/executions', { flow: 'page-b' })
  const names: string[] = []
  let cursor = ''
  do {
    const page = await api.get(`/api/flows?limit=2${cursor}`)
    names.push(...page.body.items.map(({ flow }: { flow: string }) => flow))
    cursor = page.body.nextCursor === undefined ? '' : `&cursor=${page.body.nextCursor}`
  } while (cursor !== '')
  expect(names).toEqual(names.toSorted())
  expect(names).toEqual(expect.arrayContaining(['page-a', 'page-b', 'page-c']))
  const one = await api.get('/api/flows/page-b')
  expect(one.body).toMatchObject({ executions: { waiting: 1 }, nodes: { A: 1 }, incidents: 0 })
})

test('versions are listed newest first', async () => {
  for (const title of ['one', 'two', 'three']) {
    await api.postText('/api/flows', minimal('versioned', title), 'application/yaml')
  }
  const first = await api.get('/api/flows/versioned/versions?limit=2')
  expect(first.body.items.map(({ version }: { version: number }) => version)).toEqual([3, 2])
  const second = await api.get(`/api/flows/versioned/versions?cursor=${first.body.nextCursor}`)
  expect(second.body.items.map(({ title }: { title: string }) => title)).toEqual(['one'])
  const newest = await api.get('/api/flows/versioned/versions/newest')
  expect(newest.body).toMatchObject({ version: 3, title: 'three' })
  expect(newest.body.graph.startNode).toBe('A')
  const missing = await api.get('/api/flows/versioned/versions/9')
  expect(missing.body.code).toBe('FLOW_VERSION_NOT_FOUND')
})

test('pictures and documentation come from the flow itself', async () => {
  await api.postText('/api/flows', orderFlow, 'application/yaml')
  const diagram = await api.get('/api/flows/order/diagram.mmd')
  expect(diagram.headers['content-type']).toContain('text/')
  expect(diagram.text).toContain('InventoryChecked')
  const documentation = await api.get('/api/flows/order/documentation.md?version=1')
  expect(documentation.headers['content-type']).toContain('text/markdown')
  expect(documentation.text).toContain('# Order')
})

test('a paused flow starts nothing, what runs goes on', async () => {
  await api.postText('/api/flows', minimal('switched'), 'application/yaml')
  const running = await api.post('/api/executions', { flow: 'switched' })
  const paused = await api.patch('/api/flows/switched', { status: 'paused' })
  expect(paused.body.status).toBe('paused')
  const refused = await api.post('/api/executions', { flow: 'switched' })
  expect(refused.body).toMatchObject({ code: 'FLOW_PAUSED', retry: true })
  const event = await api.post(`/api/executions/${running.body.id}/events`, { event: 'Done' })
  expect(event.body).toMatchObject({ applied: true, status: 'completed' })
  await api.patch('/api/flows/switched', { status: 'active' })
  expect((await api.post('/api/executions', { flow: 'switched' })).status).toBe(201)
  const unknown = await api.patch('/api/flows/switched', { status: 'sleeping' })
  expect(unknown.body.detail).toContain('"active", "paused", "retired"')
  await api.patch('/api/flows/switched', { status: 'retired' })
  expect((await api.post('/api/executions', { flow: 'switched' })).body.code).toBe('FLOW_RETIRED')
})

test('a simulation plays a story and keeps nothing', async () => {
  await api.postText('/api/flows', orderFlow, 'application/yaml')
  const before = await api.get('/api/flows/order')
  const played = await api.post('/api/flows/order/simulate', {
    script: [
      { start: { orderId: 'simulated', card: { number: '4111' } } },
      { event: 'InventoryCheckOK', answers: 'CheckInventory' },
      { event: 'Nonsense' },
      { act: 'resume' },
      { accept: 'CheckInventory' },
      { wait: '2h' },
    ],
  })
  expect(played.status).toBe(200)
  const [start, checked, ignored, refused, gone, late] = played.body.steps
  expect(start).toMatchObject({ node: 'OrderCreated', status: 'waiting' })
  expect(start.commands).toMatchObject([{ command: 'CheckInventory', channel: 'shop' }])
  expect(start.state.card.number).toBe('***')
  expect(checked.node).toBe('InventoryChecked')
  expect(ignored.ignored).toBe('unknown')
  expect(refused.refusal.code).toBe('NOT_PAUSED')
  expect(gone.refusal.detail).toContain("expected the pending command 'CheckInventory'")
  expect(late.status).toBe('compensating')
  expect(late.commands).toMatchObject([{ command: 'RefundPayment', purpose: 'undo' }])
  expect((await api.get('/api/flows/order')).body.executions).toEqual(before.body.executions)
})

test('a simulation takes a text that is not published', async () => {
  const played = await api.post('/api/flows/draft/simulate', {
    text: minimal('draft'),
    script: [{ event: 'Done' }],
  })
  expect(played.body.execution).toMatchObject({ status: 'completed', node: 'B' })
  const broken = await api.post('/api/flows/draft/simulate', { text: 'saga: [', script: [] })
  expect(broken.body.code).toBe('FLOW_INVALID')
})

test.each([
  [[{}], 'expected one of start, event, wait, accept, fail, act in line 1'],
  [[{ event: 'X', wait: '1s' }], 'found event and wait'],
  [[{ wait: 'soon' }], 'expected a duration such as 30s'],
  [[{ act: 'move' }], 'expected a node to move to'],
])('a script that cannot be played: %j', async (script, detail) => {
  const refused = await api.post('/api/flows/order/simulate', { script })
  expect(refused.body.code).toBe('REQUEST_INVALID')
  expect(refused.body.detail).toContain(detail)
})
