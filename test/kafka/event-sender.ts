import { randomUUID } from 'node:crypto'
import { compatibilityPartitioner, ProduceAcks, Producer } from '@platformatic/kafka'

/** A message as a service sends it; what is absent is as usual. */
export interface SentMessage {
  readonly key?: string | Buffer
  readonly value?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  readonly partition?: number
}

export interface EventSender {
  send(messages: readonly SentMessage[]): Promise<void>
  /** Sends them in a transaction, each in a batch of its own, and takes them back at the end if so told. */
  sendInTransaction(messages: readonly SentMessage[], end: 'commit' | 'abort'): Promise<void>
  close(): Promise<void>
}

export function openEventSender(brokers: readonly string[], topic: string): EventSender {
  const producer = new Producer({
    clientId: 'signalbox-tests',
    bootstrapBrokers: [...brokers],
    partitioner: compatibilityPartitioner,
    // The client repeats whole requests: without this, a topic that is new would have some twice.
    idempotent: true,
    retries: 30,
    retryDelay: 200,
    transactionalId: `signalbox-tests-${randomUUID()}`,
  })

  const toMessage = ({ key, value, headers = {}, partition }: SentMessage) => ({
    topic,
    ...(key === undefined ? {} : { key: bytesOf(key) }),
    ...(value === undefined ? {} : { value: bytesOf(value) }),
    ...(partition === undefined ? {} : { partition }),
    headers: new Map(
      Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)]),
    ),
  })

  return {
    async send(messages) {
      await producer.send({ acks: ProduceAcks.ALL, messages: messages.map(toMessage) })
    },
    async sendInTransaction(messages, end) {
      const transaction = await producer.beginTransaction()
      for (const message of messages) {
        await transaction.send({ acks: ProduceAcks.ALL, messages: [toMessage(message)] })
      }
      await (end === 'commit' ? transaction.commit() : transaction.abort())
    },
    close: () => producer.close(),
  }
}

/** The value of an event. */
export function eventOf(messageLabel: string, messagePayload: unknown = {}): string {
  return JSON.stringify({ messageLabel, messagePayload })
}

function bytesOf(content: string | Buffer): Buffer {
  return typeof content === 'string' ? Buffer.from(content) : content
}
