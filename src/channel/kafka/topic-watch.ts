import type { ClusterTopicMetadata, Consumer } from '@platformatic/kafka'

/** The topics that are there, and the names of those that are not. */
export interface FoundTopics {
  readonly found: ReadonlyMap<string, ClusterTopicMetadata>
  readonly missing: readonly string[]
}

/** Asks for each topic by itself: one that is missing would hide the others. */
export async function findTopics(
  client: Consumer,
  topics: readonly string[],
  options: { readonly forceUpdate: boolean },
): Promise<FoundTopics> {
  const found = new Map<string, ClusterTopicMetadata>()
  const missing: string[] = []
  for (const topic of topics) {
    try {
      const metadata = await client.metadata({ topics: [topic], ...options })
      const known = metadata.topics.get(topic)
      if (known === undefined) missing.push(topic)
      else found.set(topic, known)
    } catch (error) {
      if (!isUnknownTopic(error)) throw error
      missing.push(topic)
    }
  }
  return { found, missing }
}

/** Whether it is the same topics, each with as many partitions: leaders may have changed. */
export function areSame(one: FoundTopics, other: FoundTopics): boolean {
  return (
    one.found.size === other.found.size &&
    [...one.found].every(([name, { id, partitionsCount }]) => {
      const counterpart = other.found.get(name)
      return counterpart?.id === id && counterpart.partitionsCount === partitionsCount
    })
  )
}

/** Brokers before 2.8 give topics no ids; the client then has the name in its place. */
export function topicIdOf(topic: string, { id }: ClusterTopicMetadata): string | undefined {
  return id === topic ? undefined : id
}

function isUnknownTopic(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unknown topic')
}
