import type { ChannelHost } from '../channel.ts'
import type { CommittedOffset } from './group-member.ts'
import type { PartitionReader } from './partition-reader.ts'

/** Tells the store up to where each partition is settled, lazily: it only spares reading again. */
export interface PositionKeeper {
  begin(reader: PartitionReader): void
  end(reader: PartitionReader): void
  /** Saves what has changed; answers it as offsets for the group. Rejects when the store is away. */
  save(readers: Iterable<PartitionReader>): Promise<readonly CommittedOffset[]>
}

export function createPositionKeeper(host: Pick<ChannelHost, 'savePositions'>): PositionKeeper {
  const savedByReader = new Map<PartitionReader, number>()
  return {
    begin(reader) {
      savedByReader.set(reader, reader.settledUpTo())
    },
    end(reader) {
      savedByReader.delete(reader)
    },
    async save(readers) {
      const changed = [...readers]
        .map((reader) => ({ reader, position: reader.settledUpTo() }))
        .filter(({ reader, position }) => savedByReader.get(reader) !== position)
      if (changed.length === 0) return []
      await host.savePositions(
        new Map(changed.map(({ reader, position }) => [reader.source, position])),
      )
      for (const { reader, position } of changed) savedByReader.set(reader, position)
      return changed.map(({ reader: { topic, partition }, position }) => ({
        topic,
        partition,
        offset: BigInt(position + 1),
      }))
    },
  }
}
