import { Admin } from '@platformatic/kafka'
import { clientOptions } from './client-options.ts'
import { failureOf } from './failure.ts'
import type { KafkaChannelOptions } from './options.ts'

/** What a channel's brokers say of its topics and its group, without changing anything. */
export interface KafkaInspection {
  readonly brokers: number
  readonly topics: readonly TopicInspection[]
  /** Messages not read yet, by the group's own book; absent: it cannot be told, and why. */
  readonly lag: { readonly messages: number } | { readonly unknown: string }
}

export interface TopicInspection {
  readonly topic: string
  readonly use: 'commands' | 'events'
  /** Absent: there is no such topic, or it may not be seen; and what the broker said. */
  readonly partitions?: number
  readonly replicas?: number
  /** Partitions without a leader, or with fewer copies than they should have. */
  readonly unsoundPartitions?: number
  readonly failure?: string
}

const latest = -1n

/** Throws when no broker answers, with the reason. */
export async function inspectKafka(options: KafkaChannelOptions): Promise<KafkaInspection> {
  const admin = new Admin({ ...clientOptions(options, 'group'), retries: 1 })
  try {
    const { brokers } = await admin.metadata({ topics: [] }).catch((error: unknown) => {
      throw new Error(failureOf(error).detail, { cause: error })
    })
    const topics: TopicInspection[] = []
    if (options.commands !== undefined) {
      topics.push(await inspectTopic(admin, options.commands, 'commands'))
    }
    for (const topic of options.events) topics.push(await inspectTopic(admin, topic, 'events'))
    return { brokers: brokers.size, topics, lag: await inspectLag(admin, options, topics) }
  } finally {
    await admin.close()
  }
}

async function inspectTopic(
  admin: Admin,
  topic: string,
  use: TopicInspection['use'],
): Promise<TopicInspection> {
  try {
    const { topics } = await admin.metadata({ topics: [topic], autocreateTopics: false })
    const found = topics.get(topic)
    if (found === undefined) return { topic, use }
    const unsound = found.partitions.filter(
      ({ leader, isr, replicas }) => leader < 0 || isr.length < replicas.length,
    )
    return {
      topic,
      use,
      partitions: found.partitionsCount,
      replicas: found.partitions[0]?.replicas.length ?? 0,
      unsoundPartitions: unsound.length,
    }
  } catch (error) {
    return { topic, use, failure: failureOf(error).detail }
  }
}

async function inspectLag(
  admin: Admin,
  { group }: KafkaChannelOptions,
  topics: readonly TopicInspection[],
): Promise<KafkaInspection['lag']> {
  const read = topics.filter(({ use, partitions }) => use === 'events' && partitions !== undefined)
  if (read.length === 0) return { unknown: 'no topic of events is there' }
  try {
    const [offsets] = await admin.listConsumerGroupOffsets({ groups: [group] })
    const ends = await admin.listOffsets({
      topics: read.map(({ topic, partitions = 0 }) => ({
        name: topic,
        partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({
          partitionIndex,
          timestamp: latest,
        })),
      })),
    })
    const committed = new Map(
      (offsets?.topics ?? []).flatMap(({ name, partitions }) =>
        partitions.map((each) => [`${name}/${each.partitionIndex}`, each.committedOffset] as const),
      ),
    )
    let messages = 0n
    for (const { name, partitions } of ends) {
      for (const { partitionIndex, offset } of partitions) {
        const place = committed.get(`${name}/${partitionIndex}`) ?? -1n
        if (place >= 0n && offset > place) messages += offset - place
      }
    }
    return committed.size === 0
      ? { unknown: `the group '${group}' has not read anything yet` }
      : { messages: Number(messages) }
  } catch (error) {
    return { unknown: failureOf(error).detail }
  }
}
