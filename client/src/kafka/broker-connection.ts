import {
  type BaseOptions,
  Consumer,
  findErrorBy,
  ProduceAcks,
  Producer,
  type SASLMechanismValue,
  stringSerializers,
} from '@platformatic/kafka'
import type { Answer } from './encode-answer.ts'
import type { KafkaSasl } from './kafka-worker-options.ts'
import type { KafkaWorkerSettings } from './kafka-worker-settings.ts'

/** Everything that connects to the brokers is made here, with the same options. */

/** A member of the group. It also heartbeats; nothing that waits long may use its connections. */
export function createMember(settings: KafkaWorkerSettings): Consumer {
  const { group, sessionTimeoutMs } = settings
  return new Consumer({
    ...baseOptions(settings),
    groupId: group,
    autocommit: false,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: Math.max(sessionTimeoutMs, 60_000),
    heartbeatInterval: Math.min(3_000, Math.floor(sessionTimeoutMs / 3)),
    heartbeatStallTimeout: sessionTimeoutMs,
  })
}

/** Reads partitions. It is no member of the group, though the library asks for one's name. */
export function createReader(settings: KafkaWorkerSettings): Consumer {
  const reader = new Consumer({
    ...baseOptions(settings),
    groupId: settings.group,
    autocommit: false,
    // Repeated by whoever reads, who then knows more.
    retries: 0,
  })
  reader.topics.track(settings.commands)
  return reader
}

export interface AnswerProducer {
  produce(answers: readonly Answer[]): Promise<void>
  close(): Promise<void>
}

export function createAnswerProducer(settings: KafkaWorkerSettings): AnswerProducer {
  const producer = new Producer({
    ...baseOptions(settings),
    serializers: stringSerializers,
    acks: ProduceAcks.ALL,
    autocreateTopics: false,
  })
  return {
    produce: async (answers) => {
      const messages = answers.map((answer) => ({ topic: settings.events, ...answer }))
      await producer.send({ messages })
    },
    close: () => producer.close(),
  }
}

const contentErrors = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']

export function isRefusedContent(error: unknown): error is Error {
  return (
    error instanceof Error && contentErrors.some((id) => findErrorBy(error, 'apiId', id) !== null)
  )
}

function baseOptions({ brokers, name, tls, sasl }: KafkaWorkerSettings): BaseOptions {
  return {
    clientId: name.replaceAll(/\s+/g, '-'),
    bootstrapBrokers: [...brokers],
    requestTimeout: 10_000,
    retries: 3,
    retryDelay: 250,
    ...(tls === undefined ? {} : { tls: { ...tls } }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl, mechanism: saslMechanisms[sasl.mechanism] } }),
  }
}

const saslMechanisms: Record<KafkaSasl['mechanism'], SASLMechanismValue> = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
}
