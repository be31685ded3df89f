import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, apiOf } from '../test/api.ts'
import { orderFlow, startTestServer, type TestServer } from '../test/test-server.ts'

let server: TestServer
let api: Api
// oxlint-disable-next-line typescript/no-explicit-any -- JSON of an answer, whose shape is what is tested
let document: any

beforeAll(async () => {
  server = await startTestServer({ version: '1.2.3' })
  api = apiOf(server.http)
  document = (await api.get('/openapi.json')).body
  await api.postText('/api/flows', orderFlow, 'application/yaml')
})

afterAll(async () => {
  await server.close()
})

/** The routes that clients rely on. */
const promised = [
  'POST /api/flows',
  'POST /api/flows/check',
  'GET /api/flows',
  'GET /api/flows/{flow}',
  'PATCH /api/flows/{flow}',
  'GET /api/flows/{flow}/versions',
  'GET /api/flows/{flow}/versions/{version}',
  'GET /api/flows/{flow}/diagram.mmd',
  'GET /api/flows/{flow}/documentation.md',
  'POST /api/flows/{flow}/simulate',
  'POST /api/executions',
  'GET /api/executions',
  'GET /api/executions/{id}',
  'GET /api/executions/{id}/journal',
  'POST /api/executions/{id}/events',
  'POST /api/events',
  'POST /api/executions/{id}/retry',
  'POST /api/executions/{id}/skip',
  'POST /api/executions/{id}/rollback',
  'POST /api/executions/{id}/cancel',
  'POST /api/executions/{id}/pause',
  'POST /api/executions/{id}/resume',
  'POST /api/executions/{id}/move',
  'POST /api/executions/bulk',
  'GET /api/live',
  'POST /api/channels/{channel}/lease',
  'POST /api/channels/{channel}/results',
  'POST /api/channels/{channel}/extend',
  'GET /api/dead-letters',
  'GET /api/dead-letters/{number}',
  'POST /api/dead-letters/{number}/resend',
  'POST /api/dead-letters/resend',
  'DELETE /api/dead-letters/{number}',
  'POST /api/dead-letters/remove',
  'GET /api/cluster',
  'GET /api/channels',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
]

function operations(): { name: string; operation: Record<string, unknown> }[] {
  return Object.entries(document.paths as Record<string, Record<string, object>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation: operation as Record<string, unknown>,
      })),
  )
}

test('the document has every promised route', () => {
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'Signalbox', version: '1.2.3' },
  })
  expect(operations().map(({ name }) => name)).toEqual(expect.arrayContaining(promised))
})

test('every route says what it is for and how it fails', () => {
  const ids = new Set<unknown>()
  for (const { name, operation } of operations()) {
    expect(operation['summary'], name).toMatch(/^[A-Z].{5,}/)
    expect(operation['tags'], name).toHaveLength(1)
    ids.add(operation['operationId'])
    const responses = operation['responses'] as Record<string, { content?: object }>
    const failures = Object.keys(responses).filter((status) => Number(status) >= 400)
    expect(failures, name).toEqual(expect.arrayContaining(['400', '500']))
    expect(
      Object.keys(responses).some((status) => Number(status) < 300),
      name,
    ).toBe(true)
    for (const status of failures) {
      if (name.startsWith('GET /health/') && status === '503') continue
      expect(Object.keys(responses[status]?.content ?? {}), `${name} ${status}`).toEqual([
        'application/problem+json',
      ])
    }
  }
  expect(ids.size).toBe(operations().length)
})

test('the page needs nothing from elsewhere', async () => {
  const page = await api.get('/docs/')
  expect(page.status).toBe(200)
  const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source)
  expect(sources.length).toBeGreaterThan(2)
  for (const source of sources) expect(source).not.toMatch(/^(https?:)?\/\//)
})

describe('answers are what the document says', () => {
  const check = (path: string, method: string, status: number, body: unknown): void => {
    const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } })
    ajv.addSchema({ $id: 'doc', ...document })
    const pointer = `doc#/paths/${path.replaceAll('/', '~1')}/${method}/responses/${status}/content/application~1json/schema`
    const validate = ajv.getSchema(pointer)
    expect(validate, pointer).toBeDefined()
    expect(validate?.(body) === true ? [] : validate?.errors).toEqual([])
  }

  test('for an execution on its way through everything', async () => {
    const started = await api.post('/api/executions', { flow: 'order', input: { orderId: '1' } })
    check('/api/executions', 'post', 201, started.body)
    const { id } = started.body
    const event = await api.post(`/api/executions/${id}/events`, { event: 'InventoryCheckOK' })
    check('/api/executions/{id}/events', 'post', 200, event.body)
    const rehearsed = await api.post(`/api/executions/${id}/rollback`, {
      reason: 'r',
      dryRun: true,
    })
    check('/api/executions/{id}/rollback', 'post', 200, rehearsed.body)
    const rolledBack = await api.post(`/api/executions/${id}/rollback`, { reason: 'r' })
    check('/api/executions/{id}/rollback', 'post', 200, rolledBack.body)
    const leased = await api.post('/api/channels/shop/lease', { worker: 'w', max: 500 })
    check('/api/channels/{channel}/lease', 'post', 200, leased.body)
    const undo = leased.body.at(-1)
    const settled = await api.post('/api/channels/shop/results', {
      results: [{ id: undo.id, error: 'no', retry: false }, { id: 'unknown:1' }],
    })
    check('/api/channels/{channel}/results', 'post', 200, settled.body)
    const extended = await api.post('/api/channels/shop/extend', {
      worker: 'w',
      commands: [undo.id],
      leaseMs: 1_000,
    })
    check('/api/channels/{channel}/extend', 'post', 200, extended.body)
    const shown = await api.get(`/api/executions/${id}`)
    expect(shown.body.status).toBe('incident')
    check('/api/executions/{id}', 'get', 200, shown.body)
    const journal = await api.get(`/api/executions/${id}/journal`)
    check('/api/executions/{id}/journal', 'get', 200, journal.body)
    const list = await api.get('/api/executions?view=full')
    check('/api/executions', 'get', 200, list.body)
  })

  test.each([
    ['/api/flows', '/api/flows'],
    ['/api/flows/order', '/api/flows/{flow}'],
    ['/api/flows/order/versions', '/api/flows/{flow}/versions'],
    ['/api/flows/order/versions/newest', '/api/flows/{flow}/versions/{version}'],
    ['/api/executions', '/api/executions'],
    ['/api/channels', '/api/channels'],
    ['/health/live', '/health/live'],
    ['/health/ready', '/health/ready'],
  ])('for GET %s', async (url, path) => {
    const answer = await api.get(url)
    expect(answer.status).toBe(200)
    check(path, 'get', 200, answer.body)
  })

  test('for checking and simulating', async () => {
    const checked = await api.postText('/api/flows/check', 'saga: x\n', 'application/yaml')
    check('/api/flows/check', 'post', 200, checked.body)
    const played = await api.post('/api/flows/order/simulate', {
      script: [{ start: { orderId: '1' } }, { event: 'InventoryCheckOK' }, { act: 'skip' }],
    })
    check('/api/flows/{flow}/simulate', 'post', 200, played.body)
    const bulk = await api.post('/api/executions/bulk', {
      filter: {},
      action: { kind: 'cancel', reason: 'r' },
      dryRun: true,
    })
    check('/api/executions/bulk', 'post', 200, bulk.body)
  })
})
