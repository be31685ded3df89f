import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SignalboxError } from '../errors/signalbox-error.ts'
import type { Environment } from './environment.ts'
import { loadConfiguration } from './load.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-config-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** The configuration with one channel, `shop`, as the file has it. */
function loadChannel(channel: string, env: Environment = {}) {
  writeFileSync(join(folder, 'signalbox.yaml'), `channels:\n  shop: ${channel}\n`)
  const configuration = loadConfiguration({ env, cwd: folder })
  return { configuration, channel: configuration.channels[0] }
}

function detailOf(channel: string, env: Environment = {}): string {
  try {
    loadChannel(channel, env)
  } catch (error) {
    if (error instanceof SignalboxError && error.code === 'CONFIG_INVALID') return error.detail
    throw error
  }
  throw new Error('expected the configuration to be refused')
}

describe('a Kafka channel', () => {
  test('has its defaults', () => {
    const { channel } = loadChannel('{ type: kafka, brokers: "a:9092", commands: out }')
    expect(channel).toEqual({
      name: 'shop',
      type: 'kafka',
      brokers: ['a:9092'],
      commands: 'out',
      events: [],
      group: 'signalbox',
      startAt: 'earliest',
      unknownExecutions: 'dead-letter',
    })
  })

  test('in full', () => {
    writeFileSync(join(folder, 'ca.pem'), 'authority\n')
    const { channel, configuration } = loadChannel(
      `{ type: kafka, brokers: [a:1, "SASL_SSL://b:2"], commands: out, events: [in-1, in-2], group: g,
         startAt: latest, unknownExecutions: ignore,
         tls: { ca: "file:ca.pem", cert: certificate, key: plain-key, passphrase: plain-phrase },
         sasl: { mechanism: SCRAM-SHA-512, username: box, password: plain-word } }`,
    )
    expect(channel).toEqual({
      name: 'shop',
      type: 'kafka',
      brokers: ['a:1', 'b:2'],
      commands: 'out',
      events: ['in-1', 'in-2'],
      group: 'g',
      startAt: 'latest',
      unknownExecutions: 'ignore',
      tls: { ca: 'authority', cert: 'certificate', key: 'plain-key', passphrase: 'plain-phrase' },
      sasl: { mechanism: 'scram-sha-512', username: 'box', password: 'plain-word' },
    })
    const shown = JSON.stringify(configuration.settings)
    for (const secret of ['authority', 'plain-key', 'plain-phrase', 'plain-word']) {
      expect(shown).not.toContain(secret)
    }
    expect(shown).toContain('"username":"box"')
  })

  test('takes one topic of events as a text, and tls as true or false', () => {
    const channel = '{ type: kafka, brokers: "a:1", events: in, tls: true }'
    expect(loadChannel(channel).channel).toMatchObject({ events: ['in'], tls: {} })
    const plain = '{ type: kafka, brokers: "a:1", events: in, tls: false }'
    expect(loadChannel(plain).channel).not.toHaveProperty('tls')
  })

  test.each([
    ['a:1', ['a:1']],
    ['a:1, b:2 ,a:1', ['a:1', 'b:2']],
    ['PLAINTEXT://a:1,SSL://[::1]:2', ['a:1', '[::1]:2']],
  ])('brokers by variable: %s', (text, brokers) => {
    const env = { SIGNALBOX_KAFKA_BROKERS: text }
    expect(loadChannel('{ type: kafka, events: in }', env).channel).toMatchObject({
      brokers,
    })
    const own = loadChannel('{ type: kafka, events: in, brokers: "own:9" }', env)
    expect(own.channel).toMatchObject({ brokers: ['own:9'] })
  })

  test.each<[string, string, string, Environment?]>([
    [
      'without a topic',
      '{ type: kafka, brokers: "a:1" }',
      'channels.shop: expected the key "commands", the key "events" or both, found neither',
    ],
    [
      'without brokers',
      '{ type: kafka, events: in }',
      'channels.shop.brokers: expected brokers here or in SIGNALBOX_KAFKA_BROKERS, found none',
    ],
    [
      'a broker without a port',
      '{ type: kafka, brokers: [a], events: in }',
      'channels.shop.brokers[0]: expected host:port, or several separated by commas, found "a"',
    ],
    [
      'brokers by variable without a port',
      '{ type: kafka, events: in }',
      'SIGNALBOX_KAFKA_BROKERS: channels: expected host:port, or several separated by commas, found "a:b"',
      { SIGNALBOX_KAFKA_BROKERS: 'a:b' },
    ],
    [
      'a group without a name',
      '{ type: kafka, brokers: "a:1", events: in, group: "" }',
      'channels.shop.group: expected at least one character, found none',
    ],
    [
      'no topic at all among the events',
      '{ type: kafka, brokers: "a:1", events: [] }',
      'channels.shop.events: expected at least one entry, found none',
    ],
    [
      'a topic that Kafka does not take',
      '{ type: kafka, brokers: "a:1", commands: "a b" }',
      'channels.shop.commands: expected the name of a topic',
    ],
    [
      'a certificate without its key',
      '{ type: kafka, brokers: "a:1", events: in, tls: { cert: c } }',
      'channels.shop.tls: expected the key "key" beside "cert", found none',
    ],
    [
      'an unknown mechanism',
      '{ type: kafka, brokers: "a:1", events: in, sasl: { mechanism: GSSAPI, username: u, password: p } }',
      'channels.shop.sasl.mechanism: expected plain, scram-sha-256 or scram-sha-512, found "GSSAPI"',
    ],
    [
      'a password that is not a text, which is not shown',
      '{ type: kafka, brokers: "a:1", events: in, sasl: { mechanism: plain, username: u, password: 4711 } }',
      'channels.shop.sasl.password: expected a text, found something else (not shown)',
    ],
    [
      'a misspelt key',
      '{ type: kafka, brokers: "a:1", events: in, tsl: true }',
      'found the key "tsl". Did you mean "tls"?',
    ],
  ])('%s', (_name, channel, expected, env) => {
    expect(detailOf(channel, env)).toContain(expected)
  })
})
