import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Client, createClient } from './client.ts'

interface Seen {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

interface Answer {
  readonly status?: number
  readonly body?: unknown
  readonly breakConnection?: boolean
}

let server: Server
let client: Client
let seen: Seen[]
/** Given out in turn; the last one again and again. */
let answers: Answer[]

beforeEach(async () => {
  seen = []
  answers = [{}]
  server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      const { method, url, headers } = request
      seen.push({ method, url, headers, body })
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? {}
      if (answer.breakConnection === true) return response.destroy()
      return response
        .writeHead(answer.status ?? 200, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer.body ?? {}))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  client = createClient({
    url: `http://127.0.0.1:${port}/`,
    token: async () => 'tok',
    actor: 'Ada',
  })
})

afterEach(async () => {
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
})

const busy = { status: 503, body: { code: 'BUSY', detail: 'too much', retry: true } }

describe('requests', () => {
  test('start makes an id, and repeats with the same one', async () => {
    answers = [{ breakConnection: true }, busy, { status: 201, body: { id: 'made' } }]
    expect(await client.start({ flow: 'order', input: { orderId: 'o1' } })).toEqual({ id: 'made' })
    expect(seen).toHaveLength(3)
    const bodies = seen.map(({ body }): unknown => JSON.parse(body))
    expect(bodies[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      flow: 'order',
      input: { orderId: 'o1' },
    })
    expect(bodies[1]).toEqual(bodies[0])
    expect(bodies[2]).toEqual(bodies[0])
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/api/executions' })
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer tok',
      'x-signalbox-actor': 'Ada',
      'content-type': 'application/json',
    })
  })

  test('an act is sent once, whatever happens', async () => {
    answers = [{ breakConnection: true }]
    await expect(client.retry('e 1', { reason: 'again' })).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      status: 0,
      retry: true,
    })
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/api/executions/e%201/retry' })
  })

  test('an error of the server is thrown with its code, and not repeated if that is useless', async () => {
    answers = [{ status: 404, body: { code: 'EXECUTION_NOT_FOUND', detail: 'none', retry: false } }]
    await expect(client.get('nope')).rejects.toMatchObject({
      code: 'EXECUTION_NOT_FOUND',
      detail: 'none',
      status: 404,
    })
    expect(seen).toHaveLength(1)
  })

  test.each([
    [
      'sendEvent by id',
      () => client.sendEvent('e1', { event: 'Paid', id: 'm1' }),
      '/api/executions/e1/events',
      { id: 'm1', event: 'Paid' },
    ],
    [
      'sendEvent by key',
      () => client.sendEvent({ flow: 'order', key: 'k' }, { event: 'Paid', id: 'm1' }),
      '/api/events',
      { flow: 'order', key: 'k', id: 'm1', event: 'Paid' },
    ],
    ['skip', () => client.skip('e1', { reason: 'r' }), '/api/executions/e1/skip', { reason: 'r' }],
    [
      'rollBack',
      () => client.rollBack('e1', { reason: 'r', target: 'T' }),
      '/api/executions/e1/rollback',
      { reason: 'r', target: 'T' },
    ],
    [
      'cancel',
      () => client.cancel('e1', { reason: 'r' }),
      '/api/executions/e1/cancel',
      { reason: 'r' },
    ],
    [
      'pause',
      () => client.pause('e1', { reason: 'r' }),
      '/api/executions/e1/pause',
      { reason: 'r' },
    ],
    [
      'resume',
      () => client.resume('e1', { reason: 'r' }),
      '/api/executions/e1/resume',
      { reason: 'r' },
    ],
    [
      'move',
      () => client.move('e1', { reason: 'r', node: 'N' }),
      '/api/executions/e1/move',
      { reason: 'r', node: 'N' },
    ],
  ])('%s', async (_name, call, url, body) => {
    await call()
    expect(seen[0]).toMatchObject({ method: 'POST', url })
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(body)
  })

  test('publish sends the text as it is', async () => {
    await client.publish('saga: a\n')
    await client.publish('{ "saga": "a" }')
    expect(seen.map(({ body, headers }) => [body, headers['content-type']])).toEqual([
      ['saga: a\n', 'application/yaml'],
      ['{ "saga": "a" }', 'application/json'],
    ])
  })

  test('data that JSON cannot hold is refused before anything is sent', async () => {
    const cycle: { self?: object } = {}
    cycle.self = cycle
    await expect(client.start({ flow: 'order', input: cycle })).rejects.toThrow(TypeError)
    expect(seen).toEqual([])
  })
})

describe('lists', () => {
  test('a query becomes the parameters', async () => {
    await client.list({ flow: 'order', status: ['failed', 'cancelled'], incident: true, limit: 5 })
    expect(seen[0]?.url).toBe(
      '/api/executions?flow=order&incident=true&limit=5&status=failed%2Ccancelled',
    )
  })

  test('listAll and journal follow the cursors', async () => {
    answers = [
      { body: { items: [{ id: 'a' }, { id: 'b' }], nextCursor: 'c1' } },
      { body: { items: [{ id: 'c' }] } },
    ]
    const ids: string[] = []
    for await (const { id } of client.listAll({ flow: 'order' })) ids.push(id)
    expect(ids).toEqual(['a', 'b', 'c'])
    expect(seen[1]?.url).toBe('/api/executions?flow=order&cursor=c1')

    answers = [
      { body: { items: [{ sequence: 1 }], nextCursor: '1' } },
      { body: { items: [{ sequence: 2 }] } },
    ]
    expect(await client.journal('e1')).toEqual([{ sequence: 1 }, { sequence: 2 }])
    expect(seen.at(-1)?.url).toBe('/api/executions/e1/journal?limit=500&cursor=1')
  })
})

describe('waitForEnd', () => {
  test('polls until the execution has ended', async () => {
    answers = [
      { body: { id: 'e1', status: 'running', node: 'A' } },
      { body: { id: 'e1', status: 'waiting', node: 'B' } },
      { body: { id: 'e1', status: 'completed', node: 'C' } },
    ]
    expect(await client.waitForEnd('e1')).toMatchObject({ status: 'completed' })
    expect(seen.map(({ url }) => url)).toEqual(
      Array.from({ length: 3 }, () => '/api/executions/e1?waitMs=25000'),
    )
  })

  test('gives up when its time is over, and says where the execution is', async () => {
    answers = [{ body: { id: 'e1', status: 'waiting', node: 'B' } }]
    await expect(client.waitForEnd('e1', { timeoutMs: 0 })).rejects.toMatchObject({
      code: 'WAIT_TIMEOUT',
      detail: 'expected the execution e1 to end within 0 ms, found it waiting in B',
    })
  })

  test('ends when the caller aborts', async () => {
    await expect(client.waitForEnd('e1', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    })
  })
})

test('an answer that is not JSON is told', async () => {
  const silent = createServer((_, response) => response.end('hello'))
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve)
  })
  const { port } = silent.address() as AddressInfo
  const wrong = createClient({ url: `http://127.0.0.1:${port}` })
  await expect(wrong.get('e1')).rejects.toMatchObject({
    code: 'RESPONSE_INVALID',
    detail: 'expected JSON, found hello',
  })
  silent.close()
  silent.closeAllConnections()
})
