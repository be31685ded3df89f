import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import {
  Consumer,
  type MessagesStream,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka'
import { openTopics, type Topics } from '../../infrastructure/kafka/topics.ts'

/** The other side of a worker, as Signalbox is it: sends commands, sees answers. */
export interface KafkaWire {
  readonly brokers: readonly string[]
  readonly commands: string
  readonly events: string
  readonly group: string
  readonly topics: Topics
  send(commands: readonly SentCommand[]): Promise<void>
  /** A record as somebody else may write it. */
  sendRaw(record: { readonly key?: string; readonly value: string }): Promise<void>
  /** Everything on the events topic, in the order in which it was read. */
  readonly answers: readonly ReceivedAnswer[]
  /** What the group has committed, all partitions together. */
  committed(): Promise<number>
  close(): Promise<void>
}

export interface SentCommand {
  readonly id: string
  readonly execution: string
  readonly command: string
  readonly data?: object
  readonly traceparent?: string
}

export interface ReceivedAnswer {
  readonly execution: string
  readonly event: string
  readonly data: unknown
  readonly headers: Readonly<Record<string, string>>
}

type Stream = MessagesStream<string, string, string, string>

export async function openKafkaWire(
  brokers: readonly string[],
  partitions: number,
): Promise<KafkaWire> {
  const bootstrapBrokers = [...brokers]
  const topics = openTopics(brokers)
  const commands = await topics.create(partitions, 'commands')
  const events = await topics.create(partitions, 'events')
  const group = `workers-${randomUUID()}`
  const producer = new Producer({
    clientId: 'wire',
    bootstrapBrokers,
    serializers: stringSerializers,
    retries: 20,
  })
  const consumer = new Consumer({
    clientId: 'wire',
    groupId: `wire-${randomUUID()}`,
    bootstrapBrokers,
    deserializers: stringDeserializers,
    autocommit: false,
  })
  const answers: ReceivedAnswer[] = []
  const closing = new AbortController()
  const open = (): Promise<Stream> => consumer.consume({ topics: [events], mode: 'earliest' })
  let stream = await open()
  const reading = readUntilClosed()

  /** Reads all again after a broken stream: answers are then what the topic holds now. */
  async function readUntilClosed(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        if (stream.destroyed) stream = await open()
        answers.length = 0
        for await (const message of stream) answers.push(answerOf(message))
      } catch {
        // The broker is being restarted: the test says so if it does not come back.
        await pause(100, undefined, { signal: closing.signal }).catch(() => {})
      }
    }
  }

  return {
    brokers,
    commands,
    events,
    group,
    topics,
    answers,
    send: async (sent) => {
      await producer.send({
        messages: sent.map(({ id, execution, command, data = {}, traceparent }) => ({
          topic: commands,
          key: execution,
          value: JSON.stringify({ messageLabel: command, messagePayload: data }),
          headers: { 'message-id': id, ...(traceparent === undefined ? {} : { traceparent }) },
        })),
      })
    },
    sendRaw: async (record) => {
      await producer.send({ messages: [{ topic: commands, ...record }] })
    },
    committed: async () => {
      const offsets = await topics.committed(group, commands)
      return offsets.reduce((sum, offset) => sum + Math.max(0, Number(offset)), 0)
    },
    close: async () => {
      closing.abort()
      await stream.close()
      await reading
      await Promise.all([consumer.close(true), producer.close(), topics.close()])
    },
  }
}

function answerOf(message: {
  readonly key: string
  readonly value: string
  readonly headers: ReadonlyMap<string, string>
}): ReceivedAnswer {
  const { messageLabel, messagePayload } = JSON.parse(message.value) as {
    readonly messageLabel: string
    readonly messagePayload: unknown
  }
  return {
    execution: message.key,
    event: messageLabel,
    data: messagePayload,
    headers: Object.fromEntries(message.headers),
  }
}
