import { randomUUID } from 'node:crypto'
import { Admin } from '@platformatic/kafka'

/** Topics for one test. */
export interface Topics {
  /** Creates a topic with a name that nobody else has, and waits until it can be used. */
  create(partitions?: number, title?: string): Promise<string>
  /** Creates a topic of this name. */
  createNamed(topic: string, partitions: number): Promise<void>
  remove(topic: string): Promise<void>
  /** Raises the number of its partitions. */
  addPartitions(topic: string, count: number): Promise<void>
  /** Deletes the records of a partition that are before this offset, as retention does. */
  deleteRecords(topic: string, partition: number, before: bigint): Promise<void>
  /** What the group has committed for a topic, by partition; -1 where nothing. */
  committed(group: string, topic: string): Promise<readonly bigint[]>
  /** The names of all topics. */
  known(): Promise<readonly string[]>
  close(): Promise<void>
}

export function openTopics(brokers: readonly string[]): Topics {
  const admin = new Admin({ clientId: 'signalbox-tests', bootstrapBrokers: [...brokers] })
  async function createNamed(topic: string, partitions: number): Promise<void> {
    await admin.createTopics({ topics: [topic], partitions, replicas: 1 })
    for (;;) {
      const found = await admin.metadata({ topics: [topic], forceUpdate: true }).catch(() => {})
      const leaders = found?.topics.get(topic)?.partitions ?? []
      if (leaders.length === partitions && leaders.every(({ leader }) => leader >= 0)) return
    }
  }
  return {
    async create(partitions = 1, title = 'topic') {
      const topic = `${title}-${randomUUID()}`
      await createNamed(topic, partitions)
      return topic
    },
    createNamed,
    async addPartitions(topic, count) {
      const { brokers, topics } = await admin.metadata({ topics: [topic] })
      const known = topics.get(topic)?.partitionsCount ?? 0
      const [broker = 0] = brokers.keys()
      const assignments = Array.from({ length: count - known }, () => ({ brokerIds: [broker] }))
      await admin.createPartitions({ topics: [{ name: topic, count, assignments }] })
    },
    remove: (topic) => admin.deleteTopics({ topics: [topic] }),
    async deleteRecords(topic, partition, before) {
      await admin.deleteRecords({
        topics: [{ name: topic, partitions: [{ partition, offset: before }] }],
      })
    },
    async committed(group, topic) {
      const [found] = await admin.listConsumerGroupOffsets({ groups: [group] })
      const partitions = found?.topics.find(({ name }) => name === topic)?.partitions ?? []
      return partitions
        .toSorted((a, b) => a.partitionIndex - b.partitionIndex)
        .map(({ committedOffset }) => committedOffset)
    },
    known: () => admin.listTopics({}),
    close: () => admin.close(),
  }
}
