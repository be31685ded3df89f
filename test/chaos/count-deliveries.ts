import { randomUUID } from 'node:crypto'
import { Consumer, stringDeserializers } from '@platformatic/kafka'

/** How many commands a topic holds more than once: at-least-once, as it is. */
export async function countRepeatsInTopic(
  brokers: readonly string[],
  topic: string,
): Promise<number> {
  const consumer = new Consumer({
    clientId: 'chaos',
    groupId: `chaos-${randomUUID()}`,
    bootstrapBrokers: [...brokers],
    deserializers: stringDeserializers,
    autocommit: false,
  })
  try {
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? []
    const total = ends.reduce((sum, end) => sum + Number(end), 0)
    const ids = new Set<string>()
    let read = 0
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest' })
    for await (const { headers } of stream) {
      ids.add(headers.get('message-id') ?? '')
      read += 1
      if (read === total) break
    }
    return total - ids.size
  } finally {
    await consumer.close(true)
  }
}
