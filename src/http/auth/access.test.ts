import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Api, apiOf } from '../test/api.ts'
import { startTestServer, type TestServer } from '../test/test-server.ts'
import { createHttpServer } from '../server.ts'
import { createToken, hashToken } from './hash-token.ts'
import { type Role, roles } from './roles.ts'

const tokens = new Map(roles.map((role) => [role, createToken()]))
let server: TestServer
let api: Api

beforeAll(async () => {
  server = await startTestServer({
    auth: {
      mode: 'tokens',
      tokens: [...tokens].map(([role, token]) => ({
        name: `the ${role}`,
        sha256: hashToken(token),
        roles: [role],
      })),
    },
  })
  api = apiOf(server.http)
})

afterAll(async () => {
  await server.close()
})

const read: Role[] = ['viewer', 'operator', 'designer', 'admin']
const operate: Role[] = ['operator', 'admin']
const design: Role[] = ['designer', 'admin']
const run: Role[] = ['operator', 'admin', 'worker']
const work: Role[] = ['admin', 'worker']

/** Who may do what. A route that is not here fails the test below it. */
const table: readonly [
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  allowed: readonly Role[] | 'anyone',
][] = [
  ['POST', '/api/flows', design],
  ['POST', '/api/flows/check', design],
  ['GET', '/api/flows', read],
  ['GET', '/api/flows/x', read],
  ['PATCH', '/api/flows/x', ['operator', 'designer', 'admin']],
  ['GET', '/api/flows/x/versions', read],
  ['GET', '/api/flows/x/versions/1', read],
  ['GET', '/api/flows/x/diagram.mmd', read],
  ['GET', '/api/flows/x/documentation.md', read],
  ['POST', '/api/flows/x/simulate', design],
  ['POST', '/api/executions', run],
  ['GET', '/api/executions', read],
  ['GET', '/api/executions/x', [...roles]],
  ['GET', '/api/executions/x/journal', read],
  ['POST', '/api/executions/x/retry', operate],
  ['POST', '/api/executions/x/skip', operate],
  ['POST', '/api/executions/x/rollback', operate],
  ['POST', '/api/executions/x/cancel', operate],
  ['POST', '/api/executions/x/pause', operate],
  ['POST', '/api/executions/x/resume', operate],
  ['POST', '/api/executions/x/move', operate],
  ['POST', '/api/executions/bulk', operate],
  ['POST', '/api/executions/x/events', run],
  ['POST', '/api/events', run],
  ['POST', '/api/channels/x/lease', work],
  ['POST', '/api/channels/x/results', work],
  ['POST', '/api/channels/x/extend', work],
  ['GET', '/api/channels', read],
  ['GET', '/api/dead-letters', read],
  ['GET', '/api/dead-letters/1', operate],
  ['POST', '/api/dead-letters/1/resend', operate],
  ['POST', '/api/dead-letters/resend', operate],
  ['DELETE', '/api/dead-letters/1', operate],
  ['POST', '/api/dead-letters/remove', operate],
  ['GET', '/api/cluster', read],
  ['GET', '/api/live', read],
  ['GET', '/metrics', read],
  ['GET', '/health/live', 'anyone'],
  ['GET', '/health/ready', 'anyone'],
  ['GET', '/openapi.json', 'anyone'],
  ['GET', '/errors/INTERNAL', 'anyone'],
  ['GET', '/diagnostics/YAML_SYNTAX', 'anyone'],
  ['GET', '/', 'anyone'],
]

async function statusFor(method: string, url: string, token?: string): Promise<number> {
  const answer = await server.http.inject({
    method: method as 'GET',
    // A query that no route knows: whoever is let in gets no further, not even into a stream.
    url: `${url}?unknown=parameter`,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
  return answer.statusCode
}

test.each(table)('%s %s', async (method, path, allowed) => {
  const open = allowed === 'anyone'
  expect(await statusFor(method, path)).toBe(open ? 400 : 401)
  for (const [role, token] of tokens) {
    const mayPass = open || allowed.includes(role)
    const status = await statusFor(method, path, token)
    expect([role, status === 403]).toEqual([role, !mayPass])
    expect(status).not.toBe(401)
  }
})

test('the table has every route', async () => {
  const document = (await api.get('/openapi.json')).body
  const documented = Object.entries(document.paths as Record<string, object>).flatMap(
    ([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const generic = (path: string): string =>
    path
      .replace(/^(\/api\/(?:flows|executions|channels))\/x/, '$1/{}')
      .replace(/(versions|dead-letters)\/1\b/, '$1/{}')
      .replace(/^\/(errors|diagnostics)\/.*/, '/$1/{}')
  const known = table.map(([method, path]) => `${method} ${generic(path)}`)
  expect(documented.map((name) => name.replaceAll(/\{\w+\}/g, '{}')).toSorted()).toEqual(
    known.toSorted(),
  )
})

test('the actor of an act is the name of the token', async () => {
  const as = (role: Role): Record<string, string> => ({
    authorization: `Bearer ${tokens.get(role)}`,
    'x-signalbox-actor': 'somebody else',
  })
  const flow =
    'saga: acted\nchannel: c\nstates:\n  A: { send: X, on: { Y: B }, after: { 1h: B } }\n  B: { final: success }\n'
  await api.postText('/api/flows', flow, 'application/yaml', as('designer'))
  const versions = await api.get('/api/flows/acted/versions', as('viewer'))
  expect(versions.body.items[0].publishedBy).toBe('the designer')
  const started = await api.post('/api/executions', { flow: 'acted' }, as('worker'))
  await api.post(`/api/executions/${started.body.id}/cancel`, { reason: 'r' }, as('operator'))
  const journal = await api.get(`/api/executions/${started.body.id}/journal`, as('viewer'))
  expect(journal.text).toContain('the operator')
  expect(journal.text).toContain('the worker')
  expect(journal.text).not.toContain('somebody else')
})

test('a refusal says how to ask', async () => {
  const refused = await api.get('/api/flows')
  expect(refused.headers['www-authenticate']).toBe('Bearer')
  expect(refused.body.code).toBe('UNAUTHENTICATED')
})

test.each(['0.0.0.0', '::', '192.0.2.1', 'signalbox.example'])(
  'nothing is served on %s without tokens',
  async (host) => {
    const { engine, store } = server
    await expect(
      createHttpServer({ engine, store, version: '0', auth: { mode: 'off' }, host, port: 0 }),
    ).rejects.toMatchObject({ code: 'BIND_WITHOUT_AUTH' })
  },
)
