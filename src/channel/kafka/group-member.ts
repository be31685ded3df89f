import { Consumer, type GroupAssignment } from '@platformatic/kafka'
import { clientOptions } from './client-options.ts'
import type { KafkaChannelOptions } from './options.ts'

/** Membership in the consumer group: it only says which partitions are ours, and where we are. */
export interface GroupMember {
  /** Answers when it has partitions, or knows that it has none. */
  join(): Promise<void>
  /** Only for tools that show the lag: reading begins at the positions in the store. */
  commit(offsets: readonly CommittedOffset[]): Promise<void>
  leave(): Promise<void>
}

export interface CommittedOffset {
  readonly topic: string
  readonly partition: number
  /** Of the message to be read next. */
  readonly offset: bigint
}

export interface MemberListener {
  /** The group is divided anew, and partitions may be lost; the group waits for the answer. */
  readonly beforeDivision: () => Promise<void>
  readonly onAssigned: (assignments: readonly GroupAssignment[], memberId: string) => void
  /** It is no member any more, and does not become one by itself. */
  readonly onLost: (error: Error) => void
}

/** A replica that is dead loses its partitions after this time. */
const sessionTimeoutMs = 10_000
const heartbeatIntervalMs = 2_000
/** The time that members have to settle and join again when the group is divided anew. */
const rebalanceTimeoutMs = 30_000
/** As long as the broker allows. */
const instanceIdCharacters = 249
const noUserData = Buffer.alloc(0)

/** Names are free texts; the broker takes letters, digits, dots, lines and underscores. */
function instanceIdOf(member: string): string {
  return member.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, instanceIdCharacters)
}

export function createGroupMember(
  options: KafkaChannelOptions,
  topics: readonly string[],
  { beforeDivision, onAssigned, onLost }: MemberListener,
): GroupMember {
  const consumer = new Consumer({
    ...clientOptions(options, 'group'),
    groupId: options.group,
    ...(options.member === undefined ? {} : { groupInstanceId: instanceIdOf(options.member) }),
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: heartbeatIntervalMs,
    heartbeatStallTimeout: 2 * sessionTimeoutMs,
    rebalanceTimeout: rebalanceTimeoutMs,
    // The answer to a request to join comes when all others have joined too.
    requestTimeout: rebalanceTimeoutMs + sessionTimeoutMs,
    // The client asks for this before each request to join: the last moment before partitions are lost.
    protocolsMetadata: () => beforeDivision().then(() => noUserData),
  })
  consumer.topics.trackAll(...topics)
  consumer.on('consumer:group:join', ({ assignments, memberId }) =>
    onAssigned(assignments ?? [], memberId ?? ''),
  )
  consumer.on('consumer:heartbeat:stalled', ({ lastError, stalledFor }) =>
    onLost(lastError ?? new Error(`no heartbeat was answered for ${stalledFor} ms`)),
  )
  consumer.on('error', onLost)
  return {
    async join() {
      await consumer.joinGroup()
    },
    async commit(offsets) {
      if (!consumer.isActive()) return
      try {
        await consumer.commit({ offsets: offsets.map((place) => ({ ...place, leaderEpoch: -1 })) })
      } catch (error) {
        // The client joins again when a commit is refused. Where that fails too, nothing else tells.
        if (!consumer.isActive()) onLost(error instanceof Error ? error : new Error(String(error)))
        throw error
      }
    },
    leave: () => consumer.close(true),
  }
}
