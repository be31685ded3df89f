import { expect, test } from 'vitest'
import { isLoopback, requireSafeBind } from './bind.ts'
import { loadConfiguration } from './load.ts'

test.each(['127.0.0.1', '127.9.9.9', 'localhost', '::1', '[::1]'])('%s is loopback', (host) => {
  expect(isLoopback(host)).toBe(true)
})

test.each(['0.0.0.0', '::', '192.168.0.1', '127.example', 'example.org'])(
  '%s is open to others',
  (host) => {
    expect(isLoopback(host)).toBe(false)
  },
)

test('an open address needs a token', () => {
  const load = (env: Record<string, string>) =>
    loadConfiguration({ env: { SIGNALBOX_HOST: '0.0.0.0', ...env }, cwd: '/' })
  expect(() => requireSafeBind(load({}))).toThrow('BIND_WITHOUT_AUTH')
  const tokens = JSON.stringify([{ name: 'a', sha256: '0'.repeat(64), roles: ['admin'] }])
  expect(() => requireSafeBind(load({ SIGNALBOX_AUTH_TOKENS: tokens }))).not.toThrow()
})
