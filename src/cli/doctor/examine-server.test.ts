import { createServer, type RequestListener } from 'node:http'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createApiClient } from '../api/client.ts'
import { examineServer } from './examine-server.ts'

async function examineOne(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('expected a port')
    const url = new URL(`http://127.0.0.1:${address.port}`)
    return await examineServer(createApiClient({ url, urlOrigin: { kind: 'default' } }))
  } finally {
    server.close()
  }
}

test('a server whose store is away is told as not ready, whatever else it cannot answer', async () => {
  const findings = await examineOne((request, response) => {
    response.statusCode = 503
    response.setHeader('content-type', 'application/json')
    const problem = { code: 'STORE_UNAVAILABLE', title: 'away', detail: 'expected a store' }
    response.end(JSON.stringify(request.url === '/health/ready' ? { status: 'unready' } : problem))
  })
  expect(findings).toMatchObject([
    { level: 'problem', subject: 'server', found: expect.stringContaining('is not ready') },
    { level: 'warning', subject: 'server', found: expect.stringContaining('STORE_UNAVAILABLE') },
  ])
})

test('replicas that live under one name are told', async () => {
  const replicas = ['blue', 'green', 'blue'].map((name) => ({ name }))
  const findings = await examineOne((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify(
        request.url === '/api/cluster'
          ? { lease: 'held', channels: [], replicas }
          : { status: 'ready', items: [], counts: {} },
      ),
    )
  })
  expect(findings.filter(({ level }) => level !== 'ok')).toMatchObject([
    { level: 'warning', subject: 'replicas', found: 'more than one is named blue' },
  ])
})
