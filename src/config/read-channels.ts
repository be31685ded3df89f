import type { KafkaSasl, KafkaTls } from '../channel/kafka/options.ts'
import { parseBrokers } from './brokers.ts'
import type { ChannelConfiguration } from './configuration.ts'
import { asList, asMap, asObject } from './values.ts'

type Entry = Readonly<Record<string, unknown>>

const defaultTimeoutMs = 10_000
const defaultGroup = 'signalbox'

/** The channels of validated data; `brokers` are for those that name none. */
export function readChannels(
  value: unknown,
  brokers: readonly string[],
): readonly ChannelConfiguration[] {
  return Object.entries(asObject(value)).map(([name, item]) => {
    const entry = asObject(item)
    if (entry['type'] === 'http') return readHttp(name, entry)
    return entry['type'] === 'kafka' ? readKafka(name, entry, brokers) : { name, type: 'queue' }
  })
}

function readHttp(name: string, entry: Entry): ChannelConfiguration {
  const { commands, headers = {}, timeoutMs } = entry
  return {
    name,
    type: 'http',
    url: String(commands),
    headers: asMap(headers),
    timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : defaultTimeoutMs,
  }
}

function readKafka(name: string, entry: Entry, brokers: readonly string[]): ChannelConfiguration {
  const { commands, events, group, startAt, unknownExecutions } = entry
  const tls = readTls(entry['tls'])
  const sasl = readSasl(entry['sasl'])
  return {
    name,
    type: 'kafka',
    brokers: entry['brokers'] === undefined ? brokers : readBrokers(entry['brokers']),
    ...(commands === undefined ? {} : { commands: String(commands) }),
    events: typeof events === 'string' ? [events] : asList(events).map(String),
    group: typeof group === 'string' ? group : defaultGroup,
    startAt: startAt === 'latest' ? 'latest' : 'earliest',
    unknownExecutions: unknownExecutions === 'ignore' ? 'ignore' : 'dead-letter',
    ...(tls === undefined ? {} : { tls }),
    ...(sasl === undefined ? {} : { sasl }),
  }
}

function readBrokers(value: unknown): readonly string[] {
  const texts = typeof value === 'string' ? [value] : asList(value).map(String)
  return [...new Set(texts.flatMap((text) => parseBrokers(text) ?? []))]
}

function readTls(value: unknown): KafkaTls | undefined {
  if (value === undefined || value === false) return undefined
  return value === true ? {} : asMap(value)
}

function readSasl(value: unknown): KafkaSasl | undefined {
  const { mechanism, username, password } = asObject(value)
  const known = saslMechanismOf(String(mechanism))
  return known === undefined
    ? undefined
    : { mechanism: known, username: String(username), password: String(password) }
}

/** The mechanism that is meant, in any case. */
export function saslMechanismOf(text: string): KafkaSasl['mechanism'] | undefined {
  const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
  return mechanisms.find((mechanism) => mechanism === text.toLowerCase())
}
