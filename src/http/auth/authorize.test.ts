import { describe, expect, test } from 'vitest'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Identity } from './authentication.ts'
import { createAuthorize } from './authorize.ts'
import { createToken, hashToken } from './hash-token.ts'
import { isLoopback } from './loopback.ts'
import { requireProtectedAddress } from './require-protected-address.ts'
import { type Access, access } from './roles.ts'

type Outcome = Identity | string

function outcome(decide: () => Identity): Outcome {
  try {
    return decide()
  } catch (error) {
    return error instanceof SignalboxError ? error.code : String(error)
  }
}

describe('with tokens', () => {
  const token = createToken()
  const worker = createToken()
  const authorize = createAuthorize({
    mode: 'tokens',
    tokens: [
      { name: 'support', sha256: hashToken(token), roles: ['operator'] },
      { name: 'stock', sha256: hashToken(worker), roles: ['worker'] },
    ],
  })
  const ask = (authorization: string | undefined, needed: Access): Outcome =>
    outcome(() =>
      authorize(
        { method: 'POST', headers: authorization === undefined ? {} : { authorization } },
        needed,
      ),
    )

  test('the name of the token is the actor', () => {
    expect(ask(`Bearer ${token}`, access.operate)).toMatchObject({ actor: 'support' })
    expect(ask(`bearer  ${worker} `, access.work)).toMatchObject({ actor: 'stock' })
  })

  test.each([
    [undefined],
    ['Bearer'],
    ['Bearer not-a-token'],
    [`Basic ${token}`],
    [`Bearer ${token}x`],
    [`Bearer ${hashToken(token)}`],
    [`Bearer ${token}, Bearer ${token}`],
  ])('%s is nobody', (authorization) => {
    expect(ask(authorization, access.operate)).toBe('UNAUTHENTICATED')
  })

  test('a role that is not enough', () => {
    expect(ask(`Bearer ${worker}`, access.operate)).toBe('FORBIDDEN')
    expect(ask(`Bearer ${token}`, access.design)).toBe('FORBIDDEN')
  })

  test('open routes ask for nothing', () => {
    expect(ask(undefined, access.anyone)).toMatchObject({ roles: [] })
  })

  test('who says a name with a token is not believed', () => {
    const headers = { authorization: `Bearer ${token}`, 'x-signalbox-actor': 'somebody else' }
    expect(authorize({ method: 'POST', headers }, access.operate).actor).toBe('support')
  })

  test('a hash that is none is a mistake of the configuration', () => {
    expect(() =>
      createAuthorize({ mode: 'tokens', tokens: [{ name: 'x', sha256: token, roles: [] }] }),
    ).toThrow(/64 hex digits/)
  })
})

describe('without authentication', () => {
  const authorize = createAuthorize({ mode: 'off', allowedHosts: ['box.internal'] })
  const ask = (method: string, headers: Record<string, string>): Outcome =>
    outcome(() => authorize({ method, headers }, access.operate))

  test.each([
    'localhost',
    'localhost:7700',
    '127.0.0.1:7700',
    '127.3.2.1',
    '[::1]:7700',
    'box.internal:80',
    'a.localhost',
  ])('host %s is this machine', (host) => {
    expect(ask('GET', { host })).toMatchObject({ actor: 'anonymous' })
  })

  test.each([
    'evil.example',
    'evil.example:7700',
    '192.168.0.1',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '',
    '127.0.0.1:7700@evil',
    'user@localhost',
    '[::1',
  ])('host "%s" is refused, also for reading', (host) => {
    expect(ask('GET', { host })).toBe('HOST_REFUSED')
    expect(ask('POST', { host })).toBe('HOST_REFUSED')
  })

  test('a page of another origin may not write', () => {
    const host = 'localhost:7700'
    expect(ask('POST', { host, origin: 'http://evil.example' })).toBe('ORIGIN_REFUSED')
    expect(ask('POST', { host, origin: 'null' })).toBe('ORIGIN_REFUSED')
    expect(ask('POST', { host, origin: 'http://localhost:3000' })).toBe('ORIGIN_REFUSED')
    expect(ask('PATCH', { host, 'sec-fetch-site': 'cross-site' })).toBe('ORIGIN_REFUSED')
    expect(ask('POST', { host, 'sec-fetch-site': 'same-site' })).toBe('ORIGIN_REFUSED')
  })

  test('own pages and programs may', () => {
    const host = 'localhost:7700'
    const own = { host, origin: 'http://localhost:7700', 'sec-fetch-site': 'same-origin' }
    expect(ask('POST', own)).toMatchObject({ actor: 'anonymous' })
    expect(ask('POST', { host })).toMatchObject({ actor: 'anonymous' })
  })

  test('a caller may say its name, if it is one', () => {
    const host = 'localhost'
    expect(ask('POST', { host, 'x-signalbox-actor': 'night shift' })).toMatchObject({
      actor: 'night shift',
    })
    expect(ask('POST', { host, 'x-signalbox-actor': 'a\u0000b' })).toMatchObject({
      actor: 'anonymous',
    })
  })
})

test.each([
  ['127.0.0.1', true],
  ['localhost', true],
  ['::1', true],
  ['[::1]', true],
  ['::ffff:127.0.0.1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['example.org', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})

test.each(['0.0.0.0', '::', '192.168.0.1', '127.example', 'example.org', 'a.localhost'])(
  'the address %s needs a token',
  (host) => {
    expect(() => requireProtectedAddress(host, { mode: 'off', allowedHosts: [] })).toThrow(
      'BIND_WITHOUT_AUTH',
    )
    const token = { name: 'a', sha256: '0'.repeat(64), roles: ['admin'] } as const
    expect(() => requireProtectedAddress(host, { mode: 'tokens', tokens: [token] })).not.toThrow()
  },
)

test.each(['127.0.0.1', '127.9.9.9', 'localhost', '::1', '[::1]'])(
  'the address %s needs none',
  (host) => {
    expect(() => requireProtectedAddress(host, { mode: 'off', allowedHosts: [] })).not.toThrow()
  },
)
