import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SignalboxError } from '../errors/signalbox-error.ts'
import type { Environment } from './environment.ts'
import type { Flags } from './text-layer.ts'
import { loadConfiguration } from './load.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-config-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

interface Given {
  readonly file?: string
  readonly env?: Environment
  readonly flags?: Flags
}

function load({ file, env = {}, flags = {} }: Given) {
  if (file !== undefined) writeFileSync(join(folder, 'signalbox.yaml'), file)
  return loadConfiguration({ env, flags, cwd: folder })
}

function failure(given: Given): SignalboxError {
  try {
    load(given)
  } catch (error) {
    if (error instanceof SignalboxError) return error
    throw error
  }
  throw new Error('expected the configuration to be refused')
}

describe('precedence', () => {
  const file = 'http: { port: 1001 }\n'
  test.each<[string, Given, number, object]>([
    ['default', {}, 7700, { kind: 'default' }],
    ['file', { file }, 1001, { kind: 'file', file: 'signalbox.yaml', line: 1, column: 15 }],
    [
      'variable over file',
      { file, env: { SIGNALBOX_PORT: '1002' } },
      1002,
      { kind: 'variable', name: 'SIGNALBOX_PORT' },
    ],
    [
      'flag over variable and file',
      { file, env: { SIGNALBOX_PORT: '1002' }, flags: { '--port': '1003' } },
      1003,
      { kind: 'flag', name: '--port' },
    ],
    ['an empty variable is not set', { file, env: { SIGNALBOX_PORT: '' } }, 1001, { kind: 'file' }],
  ])('%s', (_name, given, port, origin) => {
    const configuration = load(given)
    expect(configuration.http.port).toBe(port)
    const setting = configuration.settings.find(({ key }) => key === 'http.port')
    expect(setting?.origin).toMatchObject(origin)
  })
})

describe('values', () => {
  test('a file in full', () => {
    const configuration = load({
      file: `
http: { host: 0.0.0.0, port: 8000, allowedHosts: [signalbox.example] }
store: { url: "sqlite:data/orders.db", synchronous: normal }
channels:
  yard: { type: queue }
  mail: { type: http, commands: "http://127.0.0.1:9000/commands", headers: { x-key: k } }
services: { cart: "http://127.0.0.1:9001" }
env: { REGION: eu }
auth:
  tokens:
    - { name: ops, sha256: ${'Ab'.repeat(32)}, roles: [operator] }
limits: { inboundMessages: 50, stopMs: 1 }
flows: [flows]
log: { level: warn, pretty: false }
`,
    })
    expect(configuration).toMatchObject({
      http: { host: '0.0.0.0', port: 8000, allowedHosts: ['signalbox.example'] },
      store: { kind: 'sqlite', path: join(folder, 'data/orders.db'), synchronous: 'normal' },
      channels: [
        { name: 'yard', type: 'queue' },
        {
          name: 'mail',
          type: 'http',
          url: 'http://127.0.0.1:9000/commands',
          headers: { 'x-key': 'k' },
          timeoutMs: 10_000,
        },
      ],
      services: { cart: 'http://127.0.0.1:9001' },
      env: { REGION: 'eu' },
      auth: { tokens: [{ name: 'ops', sha256: 'ab'.repeat(32), roles: ['operator'] }] },
      limits: { inboundMessages: 50, stopMs: 1 },
      flows: [join(folder, 'flows')],
      log: { level: 'warn', pretty: false },
    })
  })

  test('an empty file is the defaults', () => {
    expect(load({ file: '# nothing yet\n' }).store).toEqual({
      kind: 'sqlite',
      path: join(folder, '.signalbox/signalbox.db'),
      synchronous: 'full',
    })
  })

  test.each(['memory:', 'memory'])('store %s', (url) => {
    expect(load({ flags: { '--store': url } }).store).toEqual({ kind: 'memory' })
  })

  test('several folders of flows, by variable and by flag', () => {
    const env = { SIGNALBOX_FLOWS: ['a', '/b'].join(delimiter) }
    expect(load({ env }).flows).toEqual([join(folder, 'a'), '/b'])
    expect(load({ env, flags: { '--flows': ['c', 'd'] } }).flows).toEqual([
      join(folder, 'c'),
      join(folder, 'd'),
    ])
  })

  test('a map by variable is JSON', () => {
    const { channels } = load({ env: { SIGNALBOX_CHANNELS: '{"shop":{"type":"queue"}}' } })
    expect(channels).toEqual([{ name: 'shop', type: 'queue' }])
  })

  test('paths in a file start at the file', () => {
    const other = mkdtempSync(join(tmpdir(), 'signalbox-other-'))
    writeFileSync(join(other, 'prod.yaml'), 'flows: [flows]\nstore: { url: "sqlite:s.db" }\n')
    const configuration = load({ flags: { '--config': join(other, 'prod.yaml') } })
    expect(configuration.flows).toEqual([join(other, 'flows')])
    expect(configuration.store).toMatchObject({ path: join(other, 's.db') })
    rmSync(other, { recursive: true })
  })
})

describe('secrets', () => {
  test('come from files and variables, and are masked where they are shown', () => {
    writeFileSync(join(folder, 'key'), 'from-a-file\n')
    const configuration = load({
      file: `
channels:
  mail: { type: http, commands: "http://user:word@127.0.0.1/", headers: { a: "file:key", b: plain } }
env: { KEY: "env:REAL_KEY", REGION: eu }
auth: { tokens: [{ name: ops, sha256: "env:HASH", roles: [viewer] }] }
`,
      env: { REAL_KEY: 'from-a-variable', HASH: 'c'.repeat(64) },
    })
    expect(configuration.channels[0]).toMatchObject({ headers: { a: 'from-a-file', b: 'plain' } })
    expect(configuration.env).toEqual({ KEY: 'from-a-variable', REGION: 'eu' })
    const shown = JSON.stringify(configuration.settings)
    for (const secret of ['from-a-file', 'from-a-variable', 'plain', 'word@', 'cccc']) {
      expect(shown).not.toContain(secret)
    }
    expect(shown).toContain('"REGION":"eu"')
  })

  test('are not printed in problems', () => {
    const { detail } = failure({
      file: 'services: { cart: "env:CART" }\n',
      env: { CART: 'sesame' },
    })
    expect(detail).toContain('services.cart')
    expect(detail).not.toContain('sesame')
  })

  test('a reference to nothing is a problem', () => {
    expect(failure({ file: 'env: { A: "env:MISSING" }\n' }).detail).toBe(
      'signalbox.yaml:1:11: env.A: expected the variable MISSING, found that it is not set',
    )
    expect(failure({ file: 'env: { A: "file:missing" }\n' }).detail).toContain(
      `expected a file at ${join(folder, 'missing')}, found none`,
    )
  })
})

describe('problems', () => {
  test.each<[string, Given, string]>([
    ['not YAML', { file: 'http:\n  port: [1\n' }, 'signalbox.yaml:3:1: expected YAML, found: '],
    [
      'unknown key',
      { file: 'http:\n  prot: 1\n' },
      'signalbox.yaml:2:3: http.prot: expected one of host, port, allowedHosts, found the key "prot". Did you mean "port"?',
    ],
    [
      'unknown section',
      { file: 'chanels: {}\n' },
      'found the key "chanels". Did you mean "channels"?',
    ],
    [
      'wrong type',
      { file: 'http: { port: abc }\n' },
      'signalbox.yaml:1:15: http.port: expected a whole number, found "abc"',
    ],
    [
      'out of range',
      { flags: { '--port': '70000' } },
      '--port: http.port: expected a number from 0 to 65535, found 70000',
    ],
    [
      'not one of',
      { env: { SIGNALBOX_LOG_LEVEL: 'loud' } },
      'SIGNALBOX_LOG_LEVEL: log.level: expected trace, debug, info, warn, error, fatal or silent, found "loud"',
    ],
    [
      'a store of another kind',
      { env: { SIGNALBOX_STORE: 'mysql://user:sesame@db/orders' } },
      'SIGNALBOX_STORE: store.url: expected sqlite:PATH, postgres://USER:PASSWORD@HOST:PORT/DATABASE or memory:, found "mysql://user:•••@db/orders"',
    ],
    [
      'a channel without a type',
      { file: 'channels: { shop: {} }\n' },
      'channels.shop.type: expected queue, http or kafka, found none',
    ],
    ['a store that is a text', { file: 'store: "memory:"\n' }, 'Write store: { url: "memory:" }'],
    [
      'a token without roles',
      { file: `auth: { tokens: [{ name: a, sha256: ${'a'.repeat(64)}, roles: [] }] }\n` },
      'auth.tokens[0].roles: expected at least one entry, found none',
    ],
    [
      "Kubernetes' variable for a service of our name",
      { env: { SIGNALBOX_PORT: 'tcp://10.0.0.1:7700' } },
      'enableServiceLinks: false',
    ],
    [
      'a variable that is not JSON',
      { env: { SIGNALBOX_SERVICES: '{' } },
      'SIGNALBOX_SERVICES: services: expected JSON, found: ',
    ],
  ])('%s', (_name, given, expected) => {
    const error = failure(given)
    expect(error.code).toBe('CONFIG_INVALID')
    expect(error.detail).toContain(expected)
  })

  test('all at once, in the order of the file, from every source', () => {
    const { detail } = failure({
      file: 'log: { level: loud }\nhttp:\n  port: x\nflows: here\n',
      flags: { '--port': 'y' },
    })
    expect(detail.split('\n').map((line) => line.trim().split(' ')[0])).toEqual([
      '4',
      '--port:',
      'signalbox.yaml:1:15:',
      'signalbox.yaml:3:9:',
      'signalbox.yaml:4:8:',
    ])
  })

  test('a file that is asked for must be there', () => {
    expect(failure({ flags: { '--config': 'nowhere.yaml' } }).code).toBe('CONFIG_NOT_FOUND')
    expect(failure({ env: { SIGNALBOX_CONFIG: 'nowhere.yaml' } }).code).toBe('CONFIG_NOT_FOUND')
  })

  test('a misspelt variable is a warning', () => {
    expect(load({ env: { SIGNALBOX_PROT: '1', SIGNALBOX_SERVICE_HOST: 'x' } }).warnings).toEqual([
      'The variable SIGNALBOX_PROT is not read. Did you mean SIGNALBOX_PORT?',
    ])
  })

  test('aliases that multiply are refused, not expanded', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let n = 1; n < 9; n++) {
      lines.push(`a${n}: &a${n} [${Array.from({ length: 10 }, () => `*a${n - 1}`).join(', ')}]`)
    }
    expect(failure({ file: lines.join('\n') }).code).toBe('CONFIG_INVALID')
  })
})

describe('several replicas', () => {
  test.each([
    'postgres://box:word@db.example:5432/orders?sslmode=require',
    'postgresql://db/orders',
  ])('store %s', (url) => {
    const configuration = load({ env: { SIGNALBOX_STORE: url } })
    expect(configuration.store).toEqual({ kind: 'postgres', url, poolConnections: 8 })
    expect(JSON.stringify(configuration.settings)).not.toContain('word')
  })

  test('the URL of the store may be a reference', () => {
    writeFileSync(join(folder, 'url'), 'postgres://box:from-a-file@db/orders\n')
    const configuration = load({
      file: 'store: { url: "file:url", poolConnections: 3 }\n',
    })
    expect(configuration.store).toEqual({
      kind: 'postgres',
      url: 'postgres://box:from-a-file@db/orders',
      poolConnections: 3,
    })
    expect(JSON.stringify(configuration.settings)).not.toContain('from-a-file')
  })

  test('a replica has a name of its own unless it is given one', () => {
    expect(load({}).replica).toEqual({
      name: expect.stringMatching(new RegExp(`.:${process.pid}$`)),
      leaseMs: 10_000,
    })
    const env = { SIGNALBOX_REPLICA_NAME: 'blue', SIGNALBOX_REPLICA_LEASE_MS: '2000' }
    expect(load({ env }).replica).toEqual({ name: 'blue', leaseMs: 2_000 })
  })
})

describe('telemetry', () => {
  test.each<[string, Environment, string | undefined]>([
    ['nothing', {}, undefined],
    ['the setting', { SIGNALBOX_TRACES_URL: 'http://a/t' }, 'http://a/t'],
    [
      'the base of all signals',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318/' },
      'http://a:4318/v1/traces',
    ],
    ['the address of traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a/t' }, 'http://a/t'],
    [
      'the setting before the standard',
      { SIGNALBOX_TRACES_URL: 'http://a/t', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://b' },
      'http://a/t',
    ],
    ['switched off', { SIGNALBOX_TRACES_URL: 'http://a/t', OTEL_SDK_DISABLED: 'true' }, undefined],
  ])('%s', (_name, env, url) => {
    expect(load({ env }).telemetry.tracesUrl).toBe(url)
  })

  test('a part of the executions', () => {
    const env = { SIGNALBOX_TRACES_SAMPLE_RATIO: '0.25' }
    expect(load({ env }).telemetry.sampleRatio).toBe(0.25)
  })
})
