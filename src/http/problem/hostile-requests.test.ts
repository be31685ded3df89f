import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorKinds } from '../../errors/catalogue.ts'
import { limits } from '../../kernel/limits.ts'
import { type RawAnswer, rawRequest } from '../test/raw-request.ts'
import { orderFlow, startTestServer, type TestServer } from '../test/test-server.ts'

let server: TestServer
let port: number

beforeAll(async () => {
  server = await startTestServer()
  await server.http.listen()
  port = server.http.address()?.port ?? 0
  await server.engine.flows.publish({ text: orderFlow, actor: 'test' })
})

afterAll(async () => {
  await server.close()
})

const post = (path: string, body: string | Buffer, headers = ''): Buffer =>
  Buffer.concat([
    Buffer.from(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n`,
    ),
    Buffer.from(body),
  ])
const get = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`
const start = (body: string | Buffer): Buffer => post('/api/executions', body)
const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`

function problemOf(answer: RawAnswer): { code: string; detail: string; status: number } {
  expect(answer.headers.toLowerCase()).toContain('content-type: application/problem+json')
  const problem = JSON.parse(answer.body)
  expect(problem).toMatchObject({
    status: answer.status,
    type: `/errors/${problem.code}`,
    docs: `/errors/${problem.code}`,
    title: errorKinds[problem.code as keyof typeof errorKinds].title,
    retry: expect.any(Boolean),
  })
  expect(answer.body).not.toMatch(/node_modules|\.ts:\d|\\n\s+at /)
  return problem
}

const cases: readonly [what: string, request: string | Buffer, status: number, code: string][] = [
  ['an unknown path', get('/api/nothing'), 404, 'ROUTE_NOT_FOUND'],
  ['a path that climbs', get('/errors/..%2f..%2fpackage.json'), 404, 'ROUTE_NOT_FOUND'],
  [
    'a known path, another method',
    'DELETE /api/flows HTTP/1.1\r\nHost: localhost\r\n\r\n',
    405,
    'METHOD_NOT_ALLOWED',
  ],
  ['a path that is not encoded well', get('/api/flows/%zz'), 400, 'HTTP_MALFORMED'],
  ['a path that is not UTF-8', get('/api/flows/%ff%fe'), 400, 'HTTP_MALFORMED'],
  ['NUL in a name', get('/api/flows/a%00b'), 400, 'REQUEST_INVALID'],
  ['a line break in an id', get('/api/executions/a%0Ab'), 400, 'REQUEST_INVALID'],
  [
    'an id that is too long',
    get(`/api/executions/${'a'.repeat(limits.idCharacters + 1)}`),
    400,
    'REQUEST_INVALID',
  ],
  ['an id that is much too long', get(`/api/executions/${'a'.repeat(5_000)}`), 400, 'NAME_INVALID'],
  ['an unknown query parameter', get('/api/executions?statsu=failed'), 400, 'REQUEST_INVALID'],
  ['a number that is none', get('/api/executions?limit=many'), 400, 'REQUEST_INVALID'],
  ['a page that is too large', get('/api/executions?limit=501'), 400, 'REQUEST_INVALID'],
  ['a cursor of somebody else', get('/api/executions?cursor=nonsense'), 400, 'CURSOR_INVALID'],
  ['malformed JSON', start('{"flow": "order",}'), 400, 'JSON_INVALID'],
  ['an empty body', start(''), 400, 'JSON_INVALID'],
  ['a JSON that is no object', start('[]'), 400, 'REQUEST_INVALID'],
  ['a JSON that is deep', start(`{"flow":"order","input":${deep}}`), 400, 'JSON_TOO_DEEP'],
  ['a number beyond a double', start('{"flow":"order","input":{"n":1e999}}'), 400, 'JSON_INVALID'],
  [
    'an integer that would be rounded',
    start('{"flow":"order","input":{"n":12345678901234567890}}'),
    400,
    'JSON_INVALID',
  ],
  ['__proto__', start('{"flow":"order","input":{"__proto__":{"a":1}}}'), 400, 'JSON_INVALID'],
  [
    'constructor.prototype',
    start('{"flow":"order","input":{"constructor":{"prototype":{}}}}'),
    400,
    'JSON_INVALID',
  ],
  ['invalid UTF-8', start(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])), 400, 'JSON_INVALID'],
  ['half a surrogate in an id', start('{"flow":"order","id":"\\ud800"}'), 400, 'REQUEST_INVALID'],
  ['NUL in an id', start('{"flow":"order","id":"a\\u0000b"}'), 400, 'REQUEST_INVALID'],
  [
    'NUL in an event name',
    post('/api/executions/x/events', '{"event":"a\\u0000"}'),
    400,
    'REQUEST_INVALID',
  ],
  ['a property too many', start('{"flow":"order","inputs":{}}'), 400, 'REQUEST_INVALID'],
  [
    'an event for an unknown execution',
    post('/api/executions/nobody/events', '{"event":"X"}'),
    404,
    'EXECUTION_NOT_FOUND',
  ],
  [
    'an event with a broken body',
    post('/api/executions/nobody/events', '{"event":'),
    400,
    'JSON_INVALID',
  ],
  ['an event without a name', post('/api/executions/nobody/events', '{}'), 400, 'REQUEST_INVALID'],
  [
    'another media type',
    'POST /api/executions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/xml\r\nContent-Length: 4\r\n\r\n<a/>',
    415,
    'MEDIA_TYPE_UNSUPPORTED',
  ],
  [
    'no media type',
    'POST /api/executions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}',
    415,
    'MEDIA_TYPE_UNSUPPORTED',
  ],
  [
    'a flow as a form',
    'POST /api/flows HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b',
    415,
    'MEDIA_TYPE_UNSUPPORTED',
  ],
  [
    'headers that are too large',
    get('/health/live', `X-Large: ${'x'.repeat(20_000)}\r\n`),
    431,
    'HEADERS_TOO_LARGE',
  ],
  ['something that is not HTTP', 'EHLO mail.example\r\n\r\n', 400, 'HTTP_MALFORMED'],
  [
    'two lengths',
    'POST /api/executions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
    400,
    'HTTP_MALFORMED',
  ],
  ['another host', 'GET /api/flows HTTP/1.1\r\nHost: evil.example\r\n\r\n', 421, 'HOST_REFUSED'],
  [
    'a page of another origin',
    post('/api/executions', '{"flow":"order"}', 'Origin: http://evil.example\r\n'),
    403,
    'ORIGIN_REFUSED',
  ],
]

test.each(cases)('%s', async (_what, request, status, code) => {
  const problem = problemOf(await rawRequest(port, request))
  expect([problem.status, problem.code]).toEqual([status, code])
  expect(problem.detail).toMatch(/expected .+, found .+/is)
})

test('a malformed JSON is told with its position', async () => {
  const problem = problemOf(await rawRequest(port, start('{"flow": "order",\n "id" 1}')))
  expect(problem.detail).toBe('expected ":" after the key, found "1" at line 2, column 7')
})

test('a method that is not allowed is told which are', async () => {
  const answer = await rawRequest(port, 'DELETE /api/flows/x HTTP/1.1\r\nHost: localhost\r\n\r\n')
  expect(answer.headers.toLowerCase()).toContain('allow: get, patch')
})

test('a body of 100 MB is cut off before it is there, with its length told or not', async () => {
  const megabyte = Buffer.alloc(1_000_000, 0x20)
  const body = function* (): Generator<Buffer> {
    for (let sent = 0; sent < 100; sent += 1) yield megabyte
  }
  const head =
    'POST /api/executions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
  const announced = await rawRequest(port, `${head}Content-Length: 100000000\r\n\r\n`, body())
  expect(problemOf(announced).code).toBe('BODY_TOO_LARGE')
  expect(announced.sentBytes).toBeLessThan(20_000_000)

  const chunked = function* (): Generator<Buffer> {
    for (const part of body())
      yield Buffer.concat([Buffer.from('F4240\r\n'), part, Buffer.from('\r\n')])
  }
  const streamed = await rawRequest(port, `${head}Transfer-Encoding: chunked\r\n\r\n`, chunked())
  expect(problemOf(streamed).code).toBe('BODY_TOO_LARGE')
  expect(streamed.sentBytes).toBeLessThan(20_000_000)
})

test('a body of just the limit is taken, one byte more is not', async () => {
  const limit = limits.flowTextBytes
  const text = (bytes: number): string => {
    const flow =
      'saga: large\nchannel: c\nstates:\n  A: { send: X, on: { Y: B }, after: { 1h: B } }\n  B: { final: success }\n#'
    return flow + ' '.repeat(bytes - flow.length)
  }
  const publish = (bytes: number): Buffer => {
    const body = text(bytes)
    return Buffer.from(
      `POST /api/flows HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/yaml\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
  }
  expect((await rawRequest(port, publish(limit))).status).toBe(201)
  expect(problemOf(await rawRequest(port, publish(limit + 1))).code).toBe('BODY_TOO_LARGE')
})

test('odd characters in names and ids that are allowed come back unchanged', async () => {
  const id = 'Ünï çødé / ?&#% "quoted" 🚂'
  const started = await rawRequest(port, start(JSON.stringify({ flow: 'order', id, key: id })))
  expect(started.status).toBe(201)
  const shown = await rawRequest(port, get(`/api/executions/${encodeURIComponent(id)}`))
  expect(JSON.parse(shown.body)).toMatchObject({ id, key: id })
})

test('a request that is given up in the middle leaves nothing behind', async () => {
  const before = await server.engine.executions.count({})
  const socket = connect(port, '127.0.0.1')
  const closed = Promise.withResolvers<void>()
  socket.on('close', () => closed.resolve())
  socket.write(start('{"flow":"order","id":"given-up","input":{}}').subarray(0, -10), () =>
    socket.destroy(),
  )
  await closed.promise
  const after = await rawRequest(port, get('/api/executions/given-up'))
  expect(after.status).toBe(404)
  expect(await server.engine.executions.count({})).toBe(before)
})

test('nothing of all this is a mistake of ours', () => {
  expect(server.errors).toEqual([])
})
