import { expect, test } from 'vitest'
import { SignalboxError } from '../errors/signalbox-error.ts'
import { createHttpServer } from './server.ts'
import { apiOf } from './test/api.ts'
import { orderFlow, startTestServer } from './test/test-server.ts'

test('a server that stops says so, answers who waits, and hangs up on streams', async () => {
  const server = await startTestServer()
  const api = apiOf(server.http)
  const { url } = await server.http.listen()
  await api.postText('/api/flows', orderFlow, 'application/yaml')
  const ready = await fetch(`${url}/health/ready`)
  expect(await ready.json()).toMatchObject({
    status: 'ready',
    checks: { store: { ok: true }, lease: { ok: true }, running: { ok: true } },
  })

  const start = JSON.stringify({ flow: 'order', id: 'waits', input: { orderId: 'waits' } })
  const waiting = fetch(`${url}/api/executions?waitMs=50000`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: start,
  })
  const polling = fetch(`${url}/api/channels/idle/lease`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ worker: 'w', waitMs: 50_000 }),
  })
  const stream = await fetch(`${url}/api/live`)
  await expect.poll(() => server.engine.executions.count({})).toBe(1)
  await expect.poll(async () => (await api.get('/metrics')).text).toContain('lease_waits 1')

  const stopping = server.engine.stop(1_000)
  expect((await api.get('/health/ready')).body).toMatchObject({
    status: 'unready',
    checks: { running: { ok: false } },
  })
  expect((await api.get('/health/live')).status).toBe(200)
  const refused = await api.post('/api/executions', { flow: 'order', input: { orderId: 'late' } })
  expect(refused.status).toBe(503)
  expect(refused.body).toMatchObject({ code: 'STOPPING', retry: true })
  expect(refused.headers['retry-after']).toBe('1')
  await stopping
  await server.http.close()

  expect(await (await waiting).json()).toMatchObject({ id: 'waits', status: 'waiting' })
  expect(await (await polling).json()).toEqual([])
  expect(await stream.text()).toContain('event: hello')
  await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed')
  await server.store.close()
})

test('a port that is taken', async () => {
  const server = await startTestServer()
  await server.http.listen()
  const { engine, store } = server
  const second = await createHttpServer({
    engine,
    store,
    version: '0',
    auth: { mode: 'off' },
    host: '127.0.0.1',
    port: server.http.address()?.port ?? 0,
  })
  await expect(second.listen()).rejects.toMatchObject({ code: 'PORT_IN_USE' })
  await second.close()
  await server.close()
})

test('a mistake of ours is logged under an id, and nothing of it leaves', async () => {
  const server = await startTestServer()
  const api = apiOf(server.http)
  await server.store.close()
  // A store that was closed under the engine fails in a way that nobody foresaw.
  server.store.listFlows = () => Promise.reject(new TypeError('secret path /var/lib/x'))
  const failed = await api.get('/api/flows')
  expect(failed.status).toBe(500)
  expect(failed.body.code).toBe('INTERNAL')
  expect(failed.text).not.toContain('secret path')
  const id = /under ([0-9a-f-]{36})/.exec(failed.body.detail)?.[1]
  expect(server.errors).toMatchObject([{ fields: { errorId: id, url: '/api/flows' } }])
  await server.close()
})

test('a store that does not answer makes it unready, not dead', async () => {
  const server = await startTestServer()
  const api = apiOf(server.http)
  server.store.probe = () =>
    Promise.reject(new SignalboxError('STORE_UNAVAILABLE', 'expected a disk, found none'))
  const ready = await api.get('/health/ready')
  expect(ready.status).toBe(503)
  expect(ready.body.checks.store).toEqual({ ok: false, detail: 'STORE_UNAVAILABLE' })
  expect((await api.get('/health/live')).status).toBe(200)
  await server.close()
})

test('a disk that takes a probe but no commit makes it unready, until a commit succeeds', async () => {
  const server = await startTestServer()
  const api = apiOf(server.http)
  await api.postText('/api/flows', orderFlow, 'application/yaml')
  const start = (orderId: string) =>
    api.post('/api/executions', { flow: 'order', input: { orderId } })
  const { commit } = server.store
  server.store.commit = () =>
    Promise.reject(new SignalboxError('STORE_UNAVAILABLE', 'expected room, found a full disk'))
  expect((await start('1')).status).toBe(503)
  await server.store.probe()
  const unready = await api.get('/health/ready')
  expect(unready.status).toBe(503)
  expect(unready.body.checks.store).toMatchObject({ ok: false })
  expect(unready.text).not.toContain('full disk')

  server.store.commit = commit
  expect((await start('1')).status).toBe(201)
  expect((await api.get('/health/ready')).status).toBe(200)
  await server.close()
})

test('metrics count what happened', async () => {
  const server = await startTestServer()
  const api = apiOf(server.http)
  await api.postText('/api/flows', orderFlow, 'application/yaml')
  const started = await api.post('/api/executions', { flow: 'order', input: { orderId: '1' } })
  await api.post(`/api/executions/${started.body.id}/events`, { event: 'InventoryCheckKO' })
  const { text, headers } = await api.get('/metrics')
  expect(headers['content-type']).toContain('text/plain')
  for (const line of [
    'signalbox_executions_started_total{flow="order"} 1',
    'signalbox_executions_finished_total{flow="order",status="failed"} 1',
    'signalbox_http_duration_seconds_count{method="POST",route="/api/executions",status="2xx"} 1',
    'signalbox_commit_executions_bucket{le="1"} 2',
    'signalbox_commands_pending{channel="shop",type="queue"} 0',
    'signalbox_lease_waits 0',
    'nodejs_eventloop_lag_p99_seconds',
  ]) {
    expect(text).toContain(line)
  }
  await server.close()
})

test('the pages of codes are for programs and for people', async () => {
  const server = await startTestServer()
  const api = apiOf(server.http)
  const markdown = await api.get('/errors/BODY_TOO_LARGE')
  expect(markdown.headers['content-type']).toContain('text/markdown')
  expect(markdown.text).toContain('## What to do')
  const html = await api.get('/errors/BODY_TOO_LARGE', { accept: 'text/html,*/*' })
  expect(html.headers['content-type']).toContain('text/html')
  expect(html.text).toContain('<h2>What to do</h2>')
  expect((await api.get('/diagnostics/YAML_SYNTAX')).status).toBe(200)
  for (const path of ['/errors/NOTHING', '/errors/toString', '/diagnostics/x']) {
    expect((await api.get(path)).body.code).toBe('ROUTE_NOT_FOUND')
  }
  expect((await api.get('/')).text).toContain('Signalbox is running')
  await server.close()
})
