import { isIP } from 'node:net'
import type { BaseOptions, SASLMechanismValue, SASLOptions } from '@platformatic/kafka'
import type { KafkaChannelOptions, KafkaSasl } from './options.ts'

/** The time that a broker has to take a connection. */
const connectTimeoutMs = 5_000
/** A few quick repeats bridge the election of a new leader; longer outages are dealt with above. */
const retries = 3
const retryDelayMs = 250

const mechanisms: Readonly<Record<KafkaSasl['mechanism'], SASLMechanismValue>> = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
}

/** How every client of a channel reaches the brokers. Topics are never created by asking for them. */
export function clientOptions(
  options: KafkaChannelOptions,
  role: 'commands' | 'events' | 'group',
): BaseOptions {
  const { name, brokers, tls, sasl } = options
  return {
    clientId: `signalbox-${name}-${role}`,
    bootstrapBrokers: [...brokers],
    connectTimeout: connectTimeoutMs,
    retries,
    retryDelay: retryDelayMs,
    autocreateTopics: false,
    // Routers in front of brokers go by the name; an address is none (RFC 6066).
    ...(tls === undefined ? {} : { tls, tlsServerName: !brokers.some(isAddress) }),
    ...(sasl === undefined ? {} : { sasl: saslOptions(sasl) }),
  }
}

function saslOptions({ mechanism, username, password }: KafkaSasl): SASLOptions {
  return { mechanism: mechanisms[mechanism], username, password }
}

function isAddress(broker: string): boolean {
  const host = broker.slice(0, broker.lastIndexOf(':'))
  return isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0
}
