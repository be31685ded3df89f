import type { Consumer, ConsumerGroupJoinPayload } from '@platformatic/kafka'
import { createBackoff, pause } from '../backoff.ts'
import { atEndOfTurn } from '../end-of-turn.ts'
import type { Log } from '../log.ts'
import type { Claim } from './execution-work.ts'
import type { KafkaWorkerSettings } from './kafka-worker-settings.ts'
import { createPartitionProgress, type PartitionProgress } from './partition-progress.ts'
import {
  earliestTimestamp,
  latestTimestamp,
  type PartitionReader,
  type ReadPartition,
} from './partition-reader.ts'
import type { CommandRecord } from './read-command.ts'

/** A member of the consumer group: has partitions, reads them, commits how far they are done. */
export interface GroupMember {
  /** Fulfilled with the reason when the membership is over; a new member has to be made. */
  readonly failed: Promise<Error>
  /** Reads nothing more; what is under way can still be committed. */
  pause(): void
  /** Commits what is done, and leaves: others have the partitions at once. */
  leave(): Promise<void>
}

export interface GroupMemberOptions {
  readonly consumer: Consumer
  readonly reader: PartitionReader
  readonly settings: KafkaWorkerSettings
  /** `ended` is to be called when the command of the record has ended. */
  readonly onRecord: (record: CommandRecord, claim: Claim, ended: () => void) => void
  readonly onClaimsLost: () => void
  readonly log: Log
}

interface ClaimedPartition extends ReadPartition, Claim {
  lost: boolean
  readonly progress: PartitionProgress
  /** What the broker knows. */
  committed: bigint
}

/** What a broker that may be gone gets for the last commit, before the connections are closed. */
const lastCommitMs = 2_000

/** Joins the group; fulfilled when it is a member. */
export async function joinGroup(options: GroupMemberOptions): Promise<GroupMember> {
  const { consumer, reader, settings, log } = options
  const topic = settings.commands
  const closing = new AbortController()
  const backoff = createBackoff()
  let fail: (error: Error) => void = () => {}
  const failed = new Promise<Error>((resolve) => {
    fail = resolve
  })
  let claims = new Map<number, ClaimedPartition>()
  let membership: { readonly id: string; readonly generation: number } | undefined
  let paused = false
  let commitScheduled = false
  let committing: Promise<void> | undefined

  consumer.on('consumer:group:join', (payload) => void assigned(payload))
  consumer.on('consumer:heartbeat:stalled', ({ lastError }) => {
    fail(lastError ?? new Error('expected the group to answer heartbeats, found it silent'))
  })
  // The name is not among those that the library has types for, but it is how it tells that a
  // member could not come back into its group.
  listenForErrors(consumer, fail)
  consumer.topics.track(topic)
  await consumer.joinGroup({})

  async function assigned(payload: ConsumerGroupJoinPayload): Promise<void> {
    const mine = new Set(payload.assignments?.find((one) => one.topic === topic)?.partitions ?? [])
    const generation = payload.generationId ?? 0
    // Nobody else had a partition between two generations in a row that both gave it to us.
    const isNext = membership?.id === payload.memberId && membership.generation + 1 === generation
    membership = { id: payload.memberId, generation }
    const kept = new Map([...claims].filter(([partition]) => isNext && mine.has(partition)))
    for (const [partition, claim] of claims) if (!kept.has(partition)) claim.lost = true
    const gained = [...mine].filter((partition) => !kept.has(partition))
    claims = kept
    reader.setPartitions(paused ? [] : [...claims.values()])
    options.onClaimsLost()
    log.info({ generation, partitions: [...mine].join(' ') }, 'partitions were assigned')
    try {
      const starts = await startsOf(consumer, settings, gained)
      if (membership.generation !== generation || closing.signal.aborted) return
      for (const [partition, start] of starts) claims.set(partition, claim(partition, start))
      reader.setPartitions(paused ? [] : [...claims.values()])
      commitSoon()
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)))
    }
  }

  function claim(partition: number, start: StartOffset): ClaimedPartition {
    const progress = createPartitionProgress(start.offset)
    let full = false
    const claimed: ClaimedPartition = {
      partition,
      nextOffset: start.offset,
      progress,
      committed: start.isCommitted ? start.offset : -1n,
      lost: false,
      isFull: () => full,
      onRecord: (record) => {
        progress.begin(record.offset)
        full = progress.ahead() >= settings.aheadMax
        options.onRecord(record, claimed, () => {
          progress.end(record.offset)
          commitSoon()
          // Not at the first free place: a request brings many.
          if (!full || progress.ahead() > settings.aheadMax / 2) return
          full = false
          reader.wake()
        })
      },
      onRead: () => {
        progress.readUpTo(claimed.nextOffset)
        commitSoon()
      },
    }
    return claimed
  }

  function commitSoon(): void {
    if (commitScheduled || committing !== undefined || closing.signal.aborted) return
    commitScheduled = true
    atEndOfTurn(() => {
      commitScheduled = false
      void commit()
    })
  }

  /** One at a time: what ends meanwhile goes with the next. */
  function commit(): Promise<void> {
    committing ??= commitDone().finally(() => {
      committing = undefined
      if (backoff.failures === 0 && uncommitted().length > 0) commitSoon()
    })
    return committing
  }

  async function commitDone(): Promise<void> {
    const behind = uncommitted()
    if (behind.length === 0) return
    // A commit that nobody answers would keep all later ones waiting: then a new member begins.
    const limit = setTimeout(() => {
      fail(new Error('expected the group to take a commit, found no answer in time'))
    }, settings.sessionTimeoutMs)
    const places = behind.map((claimed) => ({ claimed, offset: claimed.progress.doneUpTo() }))
    try {
      // Should the group have changed meanwhile, a later commit of the new owner may be undone by
      // this one. Its commands would come once more; none is passed over.
      await consumer.commit({
        offsets: places.map(({ claimed: { partition }, offset }) => ({
          topic,
          partition,
          offset,
          leaderEpoch: -1,
        })),
      })
      backoff.reset()
      for (const { claimed, offset } of places) claimed.committed = offset
    } catch (error) {
      if (backoff.failures === 0) log.warn({ error }, 'what is done could not be committed')
      const wait = pause(backoff.nextMs(), closing.signal)
      void wait.then(commitSoon)
    } finally {
      clearTimeout(limit)
    }
  }

  function uncommitted(): readonly ClaimedPartition[] {
    return [...claims.values()].filter(({ committed, progress }) => progress.doneUpTo() > committed)
  }

  return {
    failed,
    pause: () => {
      paused = true
      reader.setPartitions([])
    },
    leave: async () => {
      closing.abort()
      for (const claimed of claims.values()) claimed.lost = true
      await reader.close()
      await Promise.race([committing, pause(lastCommitMs)])
      await Promise.race([commitDone(), pause(lastCommitMs)])
      await consumer.close(true)
    },
  }
}

interface StartOffset {
  readonly offset: bigint
  readonly isCommitted: boolean
}

/** Where partitions are begun: where the group is, or where new groups begin. */
async function startsOf(
  consumer: Consumer,
  { commands: topic, startAt }: KafkaWorkerSettings,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, StartOffset>> {
  if (partitions.length === 0) return new Map()
  const wanted = [...partitions]
  const committed = await consumer.listCommittedOffsets({ topics: [{ topic, partitions: wanted }] })
  const isNew = wanted.some((partition) => (committed.get(topic)?.[partition] ?? -1n) < 0n)
  const ends = isNew
    ? await consumer.listOffsets({
        topics: [topic],
        partitions: { [topic]: wanted },
        timestamp: startAt === 'earliest' ? earliestTimestamp : latestTimestamp,
      })
    : undefined
  return new Map(
    wanted.map((partition): readonly [number, StartOffset] => {
      const known = committed.get(topic)?.[partition] ?? -1n
      if (known >= 0n) return [partition, { offset: known, isCommitted: true }]
      const offset = ends?.get(topic)?.[partition]
      if (offset === undefined) throw new Error(`expected partition ${partition} of ${topic}`)
      return [partition, { offset, isCommitted: false }]
    }),
  )
}

function listenForErrors(consumer: Consumer, fail: (error: Error) => void): void {
  const emitter: { on(event: 'error', listener: (error: Error) => void): unknown } = consumer
  emitter.on('error', fail)
}
