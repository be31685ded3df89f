import { afterAll, beforeAll } from 'vitest'
import type { Channel } from '../../src/channel/channel.ts'
import { channelContract } from '../../src/channel/contract.ts'
import type { Attempt, ChannelSubject } from '../../src/channel/contract/subject.ts'
import { createKafkaChannel } from '../../src/channel/kafka/kafka-channel.ts'
import type { Gap } from '../../src/contract/promises.ts'
import { createVirtualClock } from '../../src/engine/test/virtual-clock.ts'
import { describeWith } from '../infrastructure/ask-service.ts'
import {
  type HeldProduce,
  type KafkaGate,
  openKafkaGate,
} from '../infrastructure/kafka/kafka-gate.ts'
import { ownKafka } from '../infrastructure/kafka/kafka-for-tests.ts'
import type { Kafka } from '../infrastructure/kafka/start-kafka.ts'
import { openTopics } from '../infrastructure/kafka/topics.ts'

/** Errors of the protocol that stand for "not now" and for "never". */
const notAuthorized = 29
const tooLarge = 10

const gaps: readonly Gap[] = [
  'an event is reported once',
  'an attempt under way is still reported, nothing new begins',
].map((test) => ({
  test,
  reason: 'a service answers with an event of its own, which ends no attempt',
}))

const kafka = await ownKafka()

/** The attempt is the request to the broker: it is in the hands of the gate before it. */
describeWith(kafka, 'with a real broker', ({ start }) => {
  let gate: KafkaGate
  let broker: Kafka
  let topic: string

  beforeAll(async () => {
    gate = await openKafkaGate()
    broker = await start({ advertisedPort: gate.port })
    gate.connectTo(broker.port)
    const topics = openTopics(broker.brokers)
    topic = await topics.create(3, 'commands')
    await topics.close()
  })
  afterAll(async () => {
    await gate.close()
    await broker.stop()
  })

  channelContract('kafka', () => openSubject(gate, topic), gaps)
})

async function openSubject(gate: KafkaGate, topic: string): Promise<ChannelSubject> {
  const clock = createVirtualClock()
  const channel = createKafkaChannel(
    {
      name: 'shop',
      brokers: [`127.0.0.1:${gate.port}`],
      commands: topic,
      events: [],
      group: 'signalbox',
      startAt: 'earliest',
      unknownExecutions: 'dead-letter',
      schedule: clock.schedule,
    },
    // Each command in a request of its own, so that the test can decide on each by itself.
    { batchCommandsMax: 1, requestsMax: 64 },
  )
  const arrived: Attempt[] = []
  const watchers = new Set<() => void>()
  gate.onProduce((held) => {
    arrived.push(attemptOf(held))
    for (const watcher of watchers) watcher()
  })
  return {
    channel,
    now: clock.now,
    receiver: {
      async take(count) {
        while (arrived.length < count) {
          const { promise, resolve } = Promise.withResolvers<void>()
          watchers.add(resolve)
          await promise
          watchers.delete(resolve)
        }
        return arrived.splice(0, count)
      },
      async rest() {
        await untilQuiet(gate)
        return arrived.splice(0)
      },
    },
    async cleanup() {
      await stop(channel, clock.advance)
      gate.onProduce(undefined)
      gate.cut()
    },
  }
}

async function stop(channel: Channel, advance: (ms: number) => Promise<void>): Promise<void> {
  const stopped = channel.stop(0)
  await advance(1)
  await stopped
}

/** Requests of our own, the way that others would take: what left before them has arrived by then. */
async function untilQuiet(gate: KafkaGate): Promise<void> {
  const probe = openTopics([`127.0.0.1:${gate.port}`])
  try {
    for (let round = 0; round < 3 || gate.isWaiting(); round += 1) await probe.known()
  } finally {
    await probe.close()
  }
}

function attemptOf({ records, pass, refuse }: HeldProduce): Attempt {
  const [record, ...others] = records
  if (record === undefined || others.length > 0) throw new Error('expected one command')
  const { messageLabel, messagePayload } = JSON.parse(record.value ?? '')
  const header = (name: string): string => record.headers.get(name) ?? ''
  return {
    id: header('message-id'),
    command: messageLabel,
    execution: record.key ?? '',
    ...(record.headers.has('business-key') ? { key: header('business-key') } : {}),
    flow: header('flow'),
    data: messagePayload,
    attempt: Number(header('attempt')),
    accept: async () => pass(),
    answer: async () => pass(),
    fail: async (retryable) => refuse(retryable ? notAuthorized : tooLarge),
  }
}
