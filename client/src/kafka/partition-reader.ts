import { type Consumer, findErrorBy, type RecordsBatch } from '@platformatic/kafka'
import { createBackoff, pause } from '../backoff.ts'
import type { Log } from '../log.ts'
import type { CommandRecord } from './read-command.ts'

/** A partition that is read: from where, and whether just now. */
export interface ReadPartition {
  readonly partition: number
  /** The next offset. Moved on by the reader. */
  nextOffset: bigint
  /** No more may be read until `wake`. */
  isFull(): boolean
  onRecord(record: CommandRecord): void
  /** Everything before `nextOffset` was read. */
  onRead(): void
}

/** Reads the partitions of one topic, from each broker with one request at a time. */
export interface PartitionReader {
  /** From now on these. A partition that is no longer among them gets no more records. */
  setPartitions(partitions: readonly ReadPartition[]): void
  /** A partition may have room again. */
  wake(): void
  close(): Promise<void>
}

export interface PartitionReaderOptions {
  readonly consumer: Consumer
  readonly topic: string
  readonly startAt: 'earliest' | 'latest'
  readonly log: Log
}

type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>

/** How long a request waits on the broker; also how long a partition may wait that has room again. */
const waitMs = 500
const partitionBytes = 1_048_576
const requestBytes = 10 * partitionBytes
/** Times that stand for the ends of a partition. */
export const earliestTimestamp = -2n
export const latestTimestamp = -1n
/** A bit in the attributes of a batch: it holds marks of transactions. */
const controlBit = 0x20

export function createPartitionReader(options: PartitionReaderOptions): PartitionReader {
  const { consumer, topic, startAt, log } = options
  const closing = new AbortController()
  const asked = new Set<number>()
  const backoff = createBackoff()
  let partitions: readonly ReadPartition[] = []
  let looking = false

  /** Asks every broker that leads a partition with room and is not being asked. */
  async function look(): Promise<void> {
    if (looking || closing.signal.aborted || !partitions.some(hasRoom)) return
    looking = true
    try {
      const { id, leaderOf } = await topicNow()
      for (const [node, led] of groupedBy(leaderOf, partitions.filter(hasRoom))) {
        if (!asked.has(node)) void ask(node, id, led)
      }
      looking = false
    } catch (error) {
      await rest(error)
      looking = false
      void look()
    }
  }

  async function topicNow() {
    const { topics } = await consumer.metadata({ topics: [topic] })
    const known = topics.get(topic)
    if (known === undefined) throw new Error(`expected the topic ${topic}, found none`)
    const leaderOf = ({ partition }: ReadPartition): number =>
      known.partitions[partition]?.leader ?? -1
    return { id: known.id, leaderOf }
  }

  async function ask(node: number, topicId: string, led: readonly ReadPartition[]): Promise<void> {
    asked.add(node)
    const from = new Map(led.map((partition) => [partition, partition.nextOffset]))
    try {
      take(await consumer.fetch(requestFor(node, topicId, led)), led, from)
      if (backoff.failures > 0) log.info({}, 'the broker gives commands again')
      backoff.reset()
    } catch (error) {
      if (!closing.signal.aborted && !(await recovered(error, led))) await rest(error)
    }
    asked.delete(node)
    void look()
  }

  function take(
    response: FetchResponse,
    led: readonly ReadPartition[],
    from: ReadonlyMap<ReadPartition, bigint>,
  ): void {
    for (const { partitionIndex, records } of response.responses.flatMap(
      ({ partitions: all }) => all,
    )) {
      const partition = led.find((one) => one.partition === partitionIndex)
      const isOurs = partition !== undefined && partitions.includes(partition)
      // What was moved meanwhile is read again from where it is now.
      if (!isOurs || partition.nextOffset !== from.get(partition)) continue
      for (const batch of records ?? []) if (!partition.isFull()) takeBatch(partition, batch)
      partition.onRead()
    }
  }

  function takeBatch(partition: ReadPartition, batch: RecordsBatch): void {
    const isControl = (batch.attributes & controlBit) !== 0
    for (const record of isControl ? [] : batch.records) {
      const offset = batch.firstOffset + BigInt(record.offsetDelta)
      // A batch comes whole, also when only its end was asked for.
      if (offset < partition.nextOffset) continue
      // What is left over is asked for again when there is room.
      if (partition.isFull()) return
      partition.nextOffset = offset + 1n
      partition.onRecord({
        topic,
        partition: partition.partition,
        offset,
        key: textOf(record.key),
        value: textOf(record.value),
        headers: new Map(
          record.headers.map(([name, value]) => [textOf(name) ?? '', textOf(value) ?? '']),
        ),
      })
    }
    const end = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n
    if (end > partition.nextOffset) partition.nextOffset = end
  }

  /** Retention may have removed what we wanted to read next: then we go on with what is there. */
  async function recovered(error: unknown, led: readonly ReadPartition[]): Promise<boolean> {
    if (!isOutOfRange(error)) return false
    try {
      const wanted = { [topic]: led.map(({ partition }) => partition) }
      const offsetsAt = (timestamp: bigint) =>
        consumer.listOffsets({ topics: [topic], partitions: wanted, timestamp })
      const earliest = await offsetsAt(earliestTimestamp)
      const latest = await offsetsAt(latestTimestamp)
      for (const partition of led) {
        const first = earliest.get(topic)?.[partition.partition]
        const end = latest.get(topic)?.[partition.partition]
        if (first === undefined || end === undefined) continue
        const isThere = partition.nextOffset >= first && partition.nextOffset <= end
        if (isThere) continue
        const to = startAt === 'earliest' ? first : end
        log.error(
          { topic, partition: partition.partition, from: partition.nextOffset, to },
          'commands are no longer in the topic; going on with what is there',
        )
        partition.nextOffset = to
        partition.onRead()
      }
      return true
    } catch {
      // The first error tells more, and the caller deals with it.
      return false
    }
  }

  async function rest(error: unknown): Promise<void> {
    if (closing.signal.aborted) return
    if (backoff.failures === 0) log.warn({ error }, 'the broker gives no commands; trying again')
    consumer.clearMetadata()
    await pause(backoff.nextMs(), closing.signal)
  }

  return {
    setPartitions: (now) => {
      partitions = now
      void look()
    },
    wake: () => void look(),
    close: async () => {
      closing.abort()
      partitions = []
      await consumer.close(true)
    },
  }
}

function requestFor(node: number, topicId: string, led: readonly ReadPartition[]) {
  return {
    node,
    maxWaitTime: waitMs,
    minBytes: 1,
    maxBytes: requestBytes,
    topics: [
      {
        topicId,
        partitions: led.map(({ partition, nextOffset }) => ({
          partition,
          fetchOffset: nextOffset,
          currentLeaderEpoch: -1,
          lastFetchedEpoch: -1,
          partitionMaxBytes: partitionBytes,
        })),
      },
    ],
  }
}

function groupedBy(
  nodeOf: (partition: ReadPartition) => number,
  partitions: readonly ReadPartition[],
): ReadonlyMap<number, readonly ReadPartition[]> {
  const groups = new Map<number, ReadPartition[]>()
  for (const partition of partitions) {
    const node = nodeOf(partition)
    groups.set(node, [...(groups.get(node) ?? []), partition])
  }
  return groups
}

function hasRoom(partition: ReadPartition): boolean {
  return !partition.isFull()
}

function isOutOfRange(error: unknown): boolean {
  return error instanceof Error && findErrorBy(error, 'apiId', 'OFFSET_OUT_OF_RANGE') !== null
}

function textOf(bytes: { toString(encoding: 'utf8'): string } | null): string | null {
  return bytes === null ? null : bytes.toString('utf8')
}
