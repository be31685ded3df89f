import { randomUUID } from 'node:crypto'
import { Producer, ProduceAcks, stringSerializers } from '@platformatic/kafka'
import { expect, test } from 'vitest'
import { describeWith } from '../ask-service.ts'
import { ownKafka, sharedKafka } from './kafka-for-tests.ts'
import { openTopics } from './topics.ts'

const shared = await sharedKafka()
const own = await ownKafka()

async function send(brokers: readonly string[], topic: string): Promise<bigint | undefined> {
  const producer = new Producer({
    clientId: 'signalbox-tests',
    bootstrapBrokers: [...brokers],
    serializers: stringSerializers,
  })
  try {
    const messages = [{ topic, key: 'key', value: 'value' }]
    const { offsets } = await producer.send({ acks: ProduceAcks.ALL, messages })
    return offsets?.[0]?.offset
  } finally {
    await producer.close()
  }
}

describeWith(shared, 'the broker that all test files share', ({ brokers }) => {
  test('takes messages on a topic of ones own, and no others', async () => {
    const topics = openTopics(brokers)
    const topic = await topics.create()
    expect(await send(brokers, topic)).toBe(0n)
    await expect(send(brokers, `never-created-${randomUUID()}`)).rejects.toThrow(/Unknown topic/)
    await topics.close()
  })
})

describeWith(own, 'a broker of ones own', ({ start }) => {
  test('is there again after a kill, on the same port and with its data', async () => {
    const kafka = await start()
    const topics = openTopics(kafka.brokers)
    const topic = await topics.create()
    await topics.close()
    expect(await send(kafka.brokers, topic)).toBe(0n)
    await kafka.kill()
    await kafka.restart()
    expect(await send(kafka.brokers, topic)).toBe(1n)
    await kafka.stop()
  })
})
