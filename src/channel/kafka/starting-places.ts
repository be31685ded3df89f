import { type Consumer, ListOffsetTimestamps } from '@platformatic/kafka'
import type { Log } from '../../engine/log.ts'
import type { KafkaChannelOptions } from './options.ts'
import { isOfFormerTopic, type PartitionName, sourceOf } from './source-name.ts'

/** Where a partition is begun. */
export interface StartingPlace {
  readonly position: number
  /** Said at once, because otherwise the end would be somewhere else the next time. */
  readonly isToBeSaved: boolean
}

export interface StartingPlaces {
  /** From the positions that are stored, else from `startAt`. */
  of(name: PartitionName, stored: ReadonlyMap<string, number>): Promise<StartingPlace>
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
    async of(name, stored) {
      const source = sourceOf(channel, name)
      const settled = stored.get(source)
      if (settled !== undefined) return { position: settled + 1, isToBeSaved: false }
      const former = [...stored.keys()].find((one) => isOfFormerTopic(one, channel, name))
      if (former !== undefined) {
        const position = await earliest(name)
        const fields = { channel, former, formerPosition: stored.get(former), source, position }
        log.error(fields, 'the topic was made anew: what was in it and not read is lost')
        return { position, isToBeSaved: true }
      }
      return startAt === 'earliest'
        ? { position: await earliest(name), isToBeSaved: false }
        : { position: await edgeOf(name, ListOffsetTimestamps.LATEST), isToBeSaved: true }
    },
    async afterGap(name, position) {
      const found = await earliest(name)
      const fields = { channel, source: sourceOf(channel, name), expected: position, found }
      const isBehind = found > position
      log.error(
        { ...fields, missing: isBehind ? found - position : undefined },
        isBehind
          ? 'messages were deleted before they were read: going on at the earliest'
          : 'the partition ends before the place to read on: going on at the earliest',
      )
      return found
    },
  }
}
