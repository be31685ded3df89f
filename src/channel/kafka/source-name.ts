/** A partition of a topic as it is now: a topic of the same name made anew has another id. */
export interface PartitionName {
  readonly topic: string
  /** Absent where brokers give topics no ids (before 2.8). */
  readonly topicId?: string
  readonly partition: number
}

/** `<channel>:<topic>@<topic id>/<partition>`: see `Origin`. */
export function sourceOf(channel: string, { topic, topicId, partition }: PartitionName): string {
  return `${channel}:${topic}${topicId === undefined ? '' : `@${topicId}`}/${partition}`
}

/** Whether the source is any partition of this topic. */
export function isOfTopic(source: string, channel: string, name: PartitionName): boolean {
  const beginning = sourceOf(channel, name).replace(/\d+$/, '')
  return source.startsWith(beginning) && /^\d+$/.test(source.slice(beginning.length))
}

/** Whether the source is this partition of a topic of the same name, but of another one. */
export function isOfFormerTopic(
  source: string,
  channel: string,
  { topic, topicId, partition }: PartitionName,
): boolean {
  const isOfName = source.startsWith(`${channel}:${topic}@`) && source.endsWith(`/${partition}`)
  return (
    topicId !== undefined && isOfName && source !== sourceOf(channel, { topic, topicId, partition })
  )
}
