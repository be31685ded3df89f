import { Consumer, type GroupAssignment } from '@platformatic/kafka'
import type { Log } from '../../engine/log.ts'
import { limits } from '../../kernel/limits.ts'
import type { ChannelHost } from '../channel.ts'
import type { Schedule } from '../schedule.ts'
import { clientOptions } from './client-options.ts'
import { createEventIntake } from './event-intake.ts'
import { failureOf } from './failure.ts'
import { createGroupMember } from './group-member.ts'
import { createNameContest } from './name-contest.ts'
import type { KafkaChannelOptions } from './options.ts'
import { createPartitionFetcher } from './partition-fetcher.ts'
import { createPartitionReader, type PartitionReader } from './partition-reader.ts'
import { createPauses } from '../pauses.ts'
import { createPositionKeeper } from './position-keeper.ts'
import { sourceOf } from './source-name.ts'
import { createStartingPlaces } from './starting-places.ts'
import { areSame, type FoundTopics, findTopics, topicIdOf } from './topic-watch.ts'

/** One membership in the group, from joining to leaving, with the partitions it is given meanwhile. */
export interface GroupSession {
  /** Rejects when it cannot go on and another session has to be begun. */
  readonly ended: Promise<never>
  readonly missing: readonly string[]
  /** Settles what is in hand, at most for this time, says where it is, and leaves the group. */
  close(graceMs: number): Promise<void>
}

export interface SessionSurroundings {
  readonly host: ChannelHost
  readonly log: Log
  readonly schedule: Schedule
  readonly onFailure: (detail: string) => void
  readonly onSuccess: () => void
}

const saveEveryMs = 1_000
const lookAtTopicsEveryMs = 5_000
/** Before partitions are given up: longer, and all the others wait. */
const handoverMs = 3_000
const closeMs = 2_000
const requestTimeoutMs = 15_000

/** Throws when no broker answers, and when the group cannot be joined. */
export async function openGroupSession(
  options: KafkaChannelOptions,
  surroundings: SessionSurroundings,
): Promise<GroupSession> {
  const { host, log, schedule, onFailure } = surroundings
  const contest = createNameContest(host.now)
  const nameTaken = `expected each replica to have a name of its own (replica.name), found another one named ${options.member ?? ''} in the group ${options.group}: they take the partitions from each other`
  const pauses = createPauses(schedule)
  const { promise: ended, reject: fail } = Promise.withResolvers<never>()
  // Whoever opened the session awaits it; until then a failure must not be an unhandled one.
  ended.catch(() => {})
  const client = new Consumer({
    ...clientOptions(options, 'events'),
    groupId: options.group,
    requestTimeout: requestTimeoutMs,
  })
  client.on('error', fail)
  const topics = await findTopics(client, options.events, { forceUpdate: true }).catch(
    async (error: unknown) => {
      await closeQuietly(client)
      throw error
    },
  )
  const names = [...topics.found.keys()]
  client.topics.trackAll(...names)
  const places = createStartingPlaces(client, options, log)
  const keeper = createPositionKeeper(host)
  const readers = new Map<string, PartitionReader>()
  let divisions = 0
  let toldPartitions: string | undefined
  let settledWaiter: (() => void) | undefined
  let assigning: Promise<void> = Promise.resolve()

  const isReading = (): boolean => divisions === 0 && !pauses.areEnded()
  const intake = createEventIntake({
    host,
    unknownExecutions: options.unknownExecutions,
    pauses,
    onSettled() {
      settledWaiter?.()
      pump()
    },
    onStoreFailure: (error) =>
      onFailure(`expected a store that takes events, found: ${messageOf(error)}`),
  })
  const fetcher = createPartitionFetcher({
    client,
    topics: names,
    pauses,
    assigned: () =>
      isReading()
        ? [...readers.values()].map((reader) => ({
            reader,
            topicId: topics.found.get(reader.topic)?.id ?? '',
          }))
        : [],
    onRecords: pump,
    onOutOfRange: async (reader) =>
      reader.moveTo(await places.afterGap(nameOf(reader.topic, reader.partition), reader.next())),
    onTopicChanged: () => fail(new Error('a topic was made anew, or deleted')),
    onFailure: (detail) => onFailure(`expected brokers that have events, found: ${detail}`),
    onSuccess,
  })
  const member = createGroupMember(options, names, {
    beforeDivision,
    onAssigned: (assignments, memberId) => {
      contest.joined(memberId)
      onSuccess()
      assigning = assigning.then(() => assign(assignments)).catch(fail)
    },
    onLost: fail,
  })

  function nameOf(topic: string, partition: number) {
    const known = topics.found.get(topic)
    const topicId = known === undefined ? undefined : topicIdOf(topic, known)
    return { topic, partition, ...(topicId === undefined ? {} : { topicId }) }
  }

  function onSuccess(): void {
    if (contest.isGoingOn()) onFailure(nameTaken)
    else surroundings.onSuccess()
  }

  function pump(): void {
    if (!isReading()) return
    intake.takeFrom(readers.values())
    fetcher.fetchMore()
  }

  /** Nothing new is begun; what is in hand is settled, as far as it is quick, and told to the store. */
  async function beforeDivision(): Promise<void> {
    divisions = 1
    await untilSettled(handoverMs)
    await keeper.save(readers.values()).catch(() => {
      // The store is away: whoever gets the partitions reads some again, which does no harm.
    })
  }

  async function assign(assignments: readonly GroupAssignment[]): Promise<void> {
    const assigned = assignments.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => nameOf(topic, partition)),
    )
    const stored = await untilStoreAnswers(readPositions)
    if (stored === undefined) return
    const kept = new Set<string>()
    for (const name of assigned) {
      const source = sourceOf(options.name, name)
      kept.add(source)
      const begin = await places.of(name, stored)
      const reader = readers.get(source)
      // Kept over the division, unless somebody else has got further meanwhile.
      if (reader !== undefined && reader.next() >= begin) continue
      reader?.close()
      const begun = createPartitionReader(
        { source, topic: name.topic, partition: name.partition },
        begin,
        limits.kafkaPartitionMessages,
      )
      readers.set(source, begun)
      keeper.begin(begun)
    }
    for (const [source, reader] of readers) {
      if (kept.has(source)) continue
      reader.close()
      keeper.end(reader)
      readers.delete(source)
    }
    tellPartitions([...kept])
    divisions = 0
    pump()
  }

  function tellPartitions(partitions: readonly string[]): void {
    const told = partitions.join()
    if (told === toldPartitions) return
    toldPartitions = told
    log.info({ channel: options.name, partitions }, 'the partitions to read are known')
  }

  async function readPositions(): Promise<ReadonlyMap<string, number>> {
    const stored = await host.readPositions()
    const partitionsOf = [...topics.found].map(([topic, { partitionsCount }]) =>
      Array.from({ length: partitionsCount }, (_, partition) => nameOf(topic, partition)),
    )
    const ends = await places.ends(partitionsOf, stored)
    if (ends.size > 0) await host.savePositions(ends)
    return new Map([...stored, ...ends])
  }

  async function untilStoreAnswers<Answer>(
    ask: () => Promise<Answer>,
  ): Promise<Answer | undefined> {
    while (!pauses.areEnded()) {
      try {
        return await ask()
      } catch (error) {
        onFailure(`expected a store that knows positions, found: ${messageOf(error)}`)
        await pauses.pause(saveEveryMs)
      }
    }
    return undefined
  }

  async function untilSettled(withinMs: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<'late'>()
    const cancel = schedule(withinMs, () => resolve('late'))
    try {
      while ([...readers.values()].some((reader) => reader.inHand() > 0)) {
        const { promise: settled, resolve: onSettled } = Promise.withResolvers<void>()
        settledWaiter = onSettled
        if ((await Promise.race([settled, late])) === 'late') return
      }
    } finally {
      cancel()
    }
  }

  async function saveFromTimeToTime(): Promise<void> {
    while (!pauses.areEnded()) {
      await pauses.pause(saveEveryMs)
      if (pauses.areEnded()) return
      try {
        const offsets = await keeper.save(readers.values())
        if (offsets.length > 0) await member.commit(offsets)
      } catch (error) {
        log.debug({ channel: options.name, detail: messageOf(error) }, 'positions are saved later')
      }
      // Room may have come up by the store's being back.
      pump()
    }
  }

  async function watchTopics(known: FoundTopics): Promise<void> {
    while (!pauses.areEnded()) {
      await pauses.pause(lookAtTopicsEveryMs)
      if (pauses.areEnded()) return
      try {
        const now = await findTopics(client, options.events, { forceUpdate: true })
        if (!areSame(known, now)) fail(new Error('topics or their partitions have changed'))
      } catch {
        // The brokers are away, which the fetcher says.
      }
    }
  }

  async function close(graceMs: number): Promise<void> {
    divisions = 1
    await untilSettled(graceMs)
    pauses.end()
    await keeper
      .save(readers.values())
      .then((offsets) => (offsets.length > 0 ? within(closeMs, member.commit(offsets)) : undefined))
      .catch(() => {
        // Store or broker are away: some is read again, which does no harm.
      })
    for (const reader of readers.values()) reader.close()
    await within(closeMs, Promise.allSettled([member.leave(), client.close(true)]))
  }

  async function within(timeMs: number, work: Promise<unknown>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = schedule(timeMs, resolve)
    await Promise.race([work, promise]).finally(cancel)
  }

  if (names.length > 0) {
    try {
      await member.join()
    } catch (error) {
      await close(0)
      throw error
    }
    void saveFromTimeToTime()
  }
  void watchTopics(topics)
  return { ended, missing: topics.missing, close }
}

async function closeQuietly(client: Consumer): Promise<void> {
  await client.close(true).catch(() => {
    // It never had a connection that worked.
  })
}

function messageOf(error: unknown): string {
  return failureOf(error).detail
}
