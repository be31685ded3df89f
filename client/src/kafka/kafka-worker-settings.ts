import { environmentVariable } from '../environment.ts'
import { wholeNumber } from '../worker/worker-settings.ts'
import type { KafkaSasl, KafkaTls, KafkaWorkerOptions } from './kafka-worker-options.ts'

/** The options with their defaults, checked. */
export interface KafkaWorkerSettings {
  readonly brokers: readonly string[]
  readonly commands: string
  readonly events: string
  readonly group: string
  readonly name: string
  readonly maxInFlight: number
  readonly aheadMax: number
  readonly startAt: 'earliest' | 'latest'
  readonly retry: {
    readonly attempts: number
    readonly intervalMs: number
    readonly longestMs: number
  }
  readonly sessionTimeoutMs: number
  readonly tls?: KafkaTls
  readonly sasl?: KafkaSasl
}

/** Throws a `TypeError` that says what was expected and what was found. */
export function kafkaWorkerSettings(options: KafkaWorkerOptions): KafkaWorkerSettings {
  const group = requireName('a consumer group', options.group)
  const { tls, sasl, retry = {} } = options
  return {
    brokers: requireBrokers(options.brokers ?? environmentVariable('SIGNALBOX_KAFKA_BROKERS')),
    commands: requireName('the topic of the commands', options.commands),
    events: requireName('the topic of the events', options.events),
    group,
    name: options.name ?? `${group}-${crypto.randomUUID().slice(0, 8)}`,
    maxInFlight: wholeNumber('maxInFlight', options.maxInFlight ?? 100, 1, 10_000),
    aheadMax: wholeNumber('aheadMax', options.aheadMax ?? 1_000, 1, 100_000),
    startAt: options.startAt ?? 'earliest',
    retry: {
      attempts: wholeNumber('retry.attempts', retry.attempts ?? 10, 1, 1_000),
      intervalMs: wholeNumber('retry.intervalMs', retry.intervalMs ?? 200, 1, 3_600_000),
      longestMs: wholeNumber('retry.longestMs', retry.longestMs ?? 30_000, 1, 3_600_000),
    },
    sessionTimeoutMs: wholeNumber(
      'sessionTimeoutMs',
      options.sessionTimeoutMs ?? 30_000,
      1_000,
      3_600_000,
    ),
    ...(tls === undefined || tls === false ? {} : { tls: tls === true ? {} : tls }),
    ...(sasl === undefined ? {} : { sasl }),
  }
}

function requireName(what: string, name: unknown): string {
  if (typeof name === 'string' && name !== '') return name
  throw new TypeError(`expected ${what}, found ${String(name)}`)
}

function requireBrokers(brokers: string | readonly string[] | undefined): readonly string[] {
  const list = typeof brokers === 'string' ? brokers.split(',') : (brokers ?? [])
  const found = list.map((broker) => broker.trim()).filter((broker) => broker !== '')
  const bad = found.find((broker) => !/^[^\s/:]+:\d+$|^\[[^\]]+\]:\d+$/.test(broker))
  if (found.length > 0 && bad === undefined) return found
  throw new TypeError(
    `expected brokers as host:port, in \`brokers\` or SIGNALBOX_KAFKA_BROKERS, found ${bad ?? 'none'}`,
  )
}
