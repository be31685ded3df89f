import { Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka'

/** What is read from, or written to, a topic of the shop. */
export interface WireMessage {
  readonly executionId: string
  readonly messageId: string
  readonly label: string
  readonly payload: { readonly [key: string]: unknown }
}

interface WireValue {
  readonly messageLabel: string
  readonly messagePayload: WireMessage['payload']
}

export interface WireWriter {
  /** Goes out with all that is written while the request before is under way. */
  write(message: WireMessage): void
  close(): Promise<void>
}

/** Writes to a topic with acknowledgements of all in-sync replicas; a failure ends the process. */
export function openWriter(brokers: readonly string[], topic: string): WireWriter {
  const producer = new Producer({
    clientId: 'bench',
    bootstrapBrokers: [...brokers],
    serializers: stringSerializers,
    acks: -1,
  })
  let waiting: WireMessage[] = []
  let sending: Promise<void> | undefined

  async function sendAll(): Promise<void> {
    // What else is written in this turn of the event loop goes along.
    await new Promise(setImmediate)
    while (waiting.length > 0) {
      const messages = waiting.map(({ executionId, messageId, label, payload }) => {
        const value: WireValue = { messageLabel: label, messagePayload: payload }
        const headers = { 'message-id': messageId }
        return { topic, key: executionId, value: JSON.stringify(value), headers }
      })
      waiting = []
      await producer.send({ messages })
    }
    sending = undefined
  }

  return {
    write(message) {
      waiting.push(message)
      sending ??= sendAll()
    },
    close: async () => {
      await sending
      await producer.close()
    },
  }
}

/** Reads a topic in a group of its own; its places are committed in the background. */
export async function openReader(
  brokers: readonly string[],
  topic: string,
  groupId: string,
  onMessage: (message: WireMessage) => void,
): Promise<{ close(): Promise<void> }> {
  const consumer = new Consumer({
    clientId: 'bench',
    groupId,
    bootstrapBrokers: [...brokers],
    deserializers: stringDeserializers,
    // As soon as something is there: a closed loop waits for each message.
    minBytes: 1,
    maxWaitTime: 500,
    autocommit: 1_000,
  })
  const stream = await consumer.consume({
    topics: [topic],
    mode: 'committed',
    fallbackMode: 'earliest',
  })
  stream.on('data', ({ key, value, headers }) => {
    const { messageLabel, messagePayload } = JSON.parse(value) as WireValue
    onMessage({
      executionId: key,
      messageId: headers.get('message-id') ?? '',
      label: messageLabel,
      payload: messagePayload,
    })
  })
  return {
    close: async () => {
      await stream.close()
      await consumer.close()
    },
  }
}
