import { type Consumer, type FetchOptions, ResponseError } from '@platformatic/kafka'
import { committedOf } from './committed-records.ts'
import { failureOf } from './failure.ts'
import type { PartitionReader, PlacedRecord } from './partition-reader.ts'
import type { Pauses } from '../pauses.ts'

/** The client does not export these by name. */
type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>
type FetchResponsePartition = FetchResponse['responses'][number]['partitions'][number]
type FetchRequestTopics = FetchOptions<Buffer, Buffer, Buffer, Buffer>['topics']

/** Fetches for the readers that want more: one request per broker at a time. */
export interface PartitionFetcher {
  /** Looks which readers want more. */
  fetchMore(): void
}

export interface AssignedPartition {
  readonly reader: PartitionReader
  readonly topicId: string
}

export interface FetcherSurroundings {
  readonly client: Consumer
  readonly topics: readonly string[]
  readonly pauses: Pauses
  /** The partitions to read now; none while the group is being divided. */
  readonly assigned: () => readonly AssignedPartition[]
  readonly onRecords: () => void
  readonly onOutOfRange: (reader: PartitionReader) => Promise<void>
  /** The topic is another one by now, or gone. */
  readonly onTopicChanged: () => void
  readonly onFailure: (detail: string) => void
  readonly onSuccess: () => void
}

const waitMs = 500
const partitionBytes = 1_048_576
const responseBytes = 16 * partitionBytes
const pauseFirstMs = 250
const pauseMaxMs = 2_000

const offsetOutOfRange = 1
/** Unknown topic or partition, unknown topic id. */
const topicChanges: ReadonlySet<number> = new Set([3, 100])

export function createPartitionFetcher(surroundings: FetcherSurroundings): PartitionFetcher {
  const { client, topics, pauses, assigned, onSuccess, onFailure } = surroundings
  const busyBrokers = new Set<number>()
  let isLooking = false
  let isToLookAgain = false
  let pauseMs = pauseFirstMs

  function fetchMore(): void {
    if (pauses.areEnded()) return
    isToLookAgain = isLooking
    if (isLooking) return
    isLooking = true
    void look().finally(() => {
      isLooking = false
      if (isToLookAgain) fetchMore()
    })
  }

  async function look(): Promise<void> {
    try {
      if (!assigned().some(({ reader }) => reader.wantsMore())) return
      const { topics: known } = await client.metadata({ topics: [...topics] })
      const wanting = assigned().filter(({ reader }) => reader.wantsMore())
      const byBroker = Map.groupBy(
        wanting,
        ({ reader }) => known.get(reader.topic)?.partitions[reader.partition]?.leader ?? -1,
      )
      for (const [broker, partitions] of byBroker) {
        if (!busyBrokers.has(broker)) void fetchFrom(broker, partitions)
      }
    } catch (error) {
      await waitAfter(error)
      isToLookAgain = true
    }
  }

  async function fetchFrom(
    broker: number,
    partitions: readonly AssignedPartition[],
  ): Promise<void> {
    busyBrokers.add(broker)
    try {
      const response = await client.fetch({
        node: broker,
        topics: requestOf(partitions),
        minBytes: 1,
        maxBytes: responseBytes,
        maxWaitTime: waitMs,
      })
      takeAll(response, partitions)
      pauseMs = pauseFirstMs
      onSuccess()
    } catch (error) {
      await takeWhatCame(error, partitions)
    } finally {
      busyBrokers.delete(broker)
      fetchMore()
    }
  }

  function takeAll(response: FetchResponse, partitions: readonly AssignedPartition[]): void {
    let hasRecords = false
    for (const { topicId, partitions: answers } of response.responses) {
      for (const answer of answers) {
        const found = partitions.find(
          (one) => one.topicId === topicId && one.reader.partition === answer.partitionIndex,
        )
        if (found !== undefined && addTo(found.reader, answer)) hasRecords = true
      }
    }
    if (hasRecords) surroundings.onRecords()
  }

  /** One partition's error makes an error of the whole answer; the others' records are in it still. */
  async function takeWhatCame(
    error: unknown,
    partitions: readonly AssignedPartition[],
  ): Promise<void> {
    const response = partialResponseOf(error)
    if (response === undefined) {
      await waitAfter(error)
      return
    }
    takeAll(response, partitions)
    let isExplained = false
    for (const { topicId, partitions: answers } of response.responses) {
      for (const { partitionIndex, errorCode } of answers) {
        const found = partitions.find(
          (one) => one.topicId === topicId && one.reader.partition === partitionIndex,
        )
        if (found !== undefined && errorCode === offsetOutOfRange) {
          isExplained = true
          await goOnElsewhere(found.reader)
        }
      }
    }
    if (isTopicChange(response)) surroundings.onTopicChanged()
    if (!isExplained) await waitAfter(error)
  }

  async function goOnElsewhere(reader: PartitionReader): Promise<void> {
    try {
      await surroundings.onOutOfRange(reader)
    } catch (error) {
      await waitAfter(error)
    }
  }

  async function waitAfter(error: unknown): Promise<void> {
    if (pauses.areEnded()) return
    onFailure(failureOf(error).detail)
    await pauses.pause(pauseMs)
    pauseMs = Math.min(2 * pauseMs, pauseMaxMs)
  }

  return { fetchMore }
}

function requestOf(partitions: readonly AssignedPartition[]): FetchRequestTopics {
  const byTopic = Map.groupBy(partitions, ({ topicId }) => topicId)
  return [...byTopic].map(([topicId, ofTopic]) => ({
    topicId,
    partitions: ofTopic.map(({ reader }) => ({
      partition: reader.partition,
      fetchOffset: BigInt(reader.next()),
      partitionMaxBytes: partitionBytes,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
    })),
  }))
}

/** Whether there was something new, records or only markers of transactions. */
function addTo(
  reader: PartitionReader,
  { errorCode, records: batches, abortedTransactions }: FetchResponsePartition,
): boolean {
  const last = batches?.at(-1)
  if (errorCode !== 0 || batches === null || batches === undefined || last === undefined) {
    return false
  }
  const from = reader.next()
  const records: PlacedRecord[] = []
  for (const batch of committedOf(batches, abortedTransactions)) {
    const first = Number(batch.firstOffset)
    for (const { key, value, headers, offsetDelta } of batch.records) {
      const position = first + offsetDelta
      // A batch is sent whole, from before the place that was asked for.
      if (position >= from) records.push({ position, key, value, headers })
    }
  }
  reader.add(records, Math.max(from, Number(last.firstOffset) + last.lastOffsetDelta + 1))
  return true
}

function partialResponseOf(error: unknown): FetchResponse | undefined {
  if (!(error instanceof ResponseError)) return undefined
  // The client puts the whole answer of the request that failed there.
  const response = error['response'] as FetchResponse | undefined
  return response !== undefined && Array.isArray(response.responses) ? response : undefined
}

function isTopicChange({ errorCode, responses }: FetchResponse): boolean {
  const partitions = responses.flatMap((topic) => topic.partitions)
  return topicChanges.has(errorCode) || partitions.some((one) => topicChanges.has(one.errorCode))
}
