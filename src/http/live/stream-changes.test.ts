import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, apiOf } from '../test/api.ts'
import { orderFlow, startTestServer, type TestServer } from '../test/test-server.ts'

let server: TestServer
let api: Api
let port: number

beforeAll(async () => {
  server = await startTestServer()
  api = apiOf(server.http)
  await server.http.listen()
  port = server.http.address()?.port ?? 0
  await api.postText('/api/flows', orderFlow, 'application/yaml')
})

afterAll(async () => {
  await server.close()
})

interface Stream {
  text: string
  readonly response: IncomingMessage
  close(): void
}

async function open(path: string, lastEventId?: string): Promise<Stream> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  const asked = request({ port, path, headers })
  asked.on('error', () => {})
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  const stream: Stream = { text: '', response, close: () => asked.destroy() }
  response.setEncoding('utf8')
  response.on('error', () => {})
  response.on('data', (part: string) => {
    stream.text += part
  })
  return stream
}

test('a stream tells what happens, and goes on where it was', async () => {
  const stream = await open('/api/live?flow=order')
  expect(stream.response.headers['content-type']).toBe('text/event-stream; charset=utf-8')
  await expect.poll(() => stream.text).toContain('event: hello')
  const first = await api.post('/api/executions', { flow: 'order', input: { orderId: 'live-1' } })
  await expect.poll(() => stream.text).toContain(first.body.id)
  const lastId = [...stream.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1]
  stream.close()

  const missed = await api.post('/api/executions', { flow: 'order', input: { orderId: 'live-2' } })
  const again = await open('/api/live', lastId)
  await expect.poll(() => again.text).toContain(missed.body.id)
  expect(again.text).not.toContain(first.body.id)
  const data = /^data: (.*)$/m.exec(again.text)?.[1]
  expect(JSON.parse(data ?? '{}')).toMatchObject({
    execution: { id: missed.body.id, flow: 'order', node: 'OrderCreated', status: 'waiting' },
    created: true,
    finished: false,
  })
  again.close()
  const lost = await open('/api/live', 'another-process.7')
  await expect.poll(() => lost.text).toContain('event: reset')
  lost.close()
  await expect
    .poll(async () => /^signalbox_live_streams (\d+)/m.exec((await api.get('/metrics')).text)?.[1])
    .toBe('0')
})
