import { type Consumer, ListOffsetTimestamps } from '@platformatic/kafka'
import type { Log } from '../../engine/log.ts'
import type { KafkaChannelOptions } from './options.ts'
import { isOfFormerTopic, isOfTopic, type PartitionName, sourceOf } from './source-name.ts'

/** Where partitions are begun. */
export interface StartingPlaces {
  /**
   * With `startAt: latest`: the ends of all partitions of topics that nothing is known of, to be saved
   * before anything is read. Otherwise the end would be somewhere else at the next start.
   */
  ends(
    topics: readonly (readonly PartitionName[])[],
    stored: ReadonlyMap<string, number>,
  ): Promise<ReadonlyMap<string, number>>
  /** Behind what is stored, else at the beginning. */
  of(name: PartitionName, stored: ReadonlyMap<string, number>): Promise<number>
  /** The beginning of the partition, because there is nothing at this place; logged as a gap. */
  afterGap(name: PartitionName, position: number): Promise<number>
}

export function createStartingPlaces(
  client: Consumer,
  options: KafkaChannelOptions,
  log: Log,
): StartingPlaces {
  const { name: channel, startAt } = options

  async function edgeOf({ topic, partition }: PartitionName, timestamp: bigint): Promise<number> {
    const partitions = { [topic]: [partition] }
    const offsets = await client.listOffsets({ topics: [topic], partitions, timestamp })
    const offset = offsets.get(topic)?.[partition]
    if (offset === undefined) throw new Error(`expected the offsets of ${topic}/${partition}`)
    return Number(offset)
  }

  const earliest = (name: PartitionName): Promise<number> =>
    edgeOf(name, ListOffsetTimestamps.EARLIEST)

  return {
    async ends(topics, stored) {
      const found = new Map<string, number>()
      if (startAt === 'earliest') return found
      const known = [...stored.keys()]
      for (const partitions of topics) {
        const isKnown = partitions.some((name) =>
          known.some((one) => isOfTopic(one, channel, name) || isOfFormerTopic(one, channel, name)),
        )
        for (const name of isKnown ? [] : partitions) {
          found.set(sourceOf(channel, name), (await edgeOf(name, ListOffsetTimestamps.LATEST)) - 1)
        }
      }
      return found
    },
    async of(name, stored) {
      const source = sourceOf(channel, name)
      const settled = stored.get(source)
      if (settled !== undefined) return settled + 1
      const position = await earliest(name)
      const former = [...stored.keys()].find((one) => isOfFormerTopic(one, channel, name))
      if (former !== undefined) {
        const fields = { channel, former, formerPosition: stored.get(former), source, position }
        log.error(fields, 'the topic was made anew: what was in it and not read is lost')
      }
      return position
    },
    async afterGap(name, position) {
      const found = await earliest(name)
      const fields = { channel, source: sourceOf(channel, name), expected: position, found }
      if (found > position) {
        log.error(
          { ...fields, missing: found - position },
          'messages were deleted before they were read: going on at the earliest',
        )
      } else {
        log.error(
          fields,
          'the partition ends before the place to read on: going on at the earliest',
        )
      }
      return found
    },
  }
}
