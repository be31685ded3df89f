import { createVirtualClock } from '../../engine/test/virtual-clock.ts'
import type { LeasedCommand, WorkQueue } from '../channel.ts'
import { channelContract } from '../contract.ts'
import type { Attempt, ChannelSubject } from '../contract/subject.ts'
import { createQueueChannel } from './queue-channel.ts'

channelContract('queue', openSubject)

/** The other end is a worker that takes what there is. */
async function openSubject(): Promise<ChannelSubject> {
  const clock = createVirtualClock()
  const channel = createQueueChannel({
    name: 'shop',
    windowCommands: 40,
    schedule: clock.schedule,
  })
  const lease = (max: number, waitMs: number): Promise<readonly LeasedCommand[]> =>
    channel.lease({ worker: 'w1', max, waitMs, leaseMs: 60_000 })
  return {
    channel,
    now: clock.now,
    receiver: {
      async take(count) {
        const attempts: Attempt[] = []
        while (attempts.length < count) {
          const leased = await lease(count - attempts.length, 60_000)
          attempts.push(...leased.map((command) => attemptOf(channel, command)))
        }
        return attempts
      },
      rest: async () => (await lease(500, 0)).map((command) => attemptOf(channel, command)),
    },
    cleanup: () => channel.stop(0),
  }
}

function attemptOf(channel: WorkQueue, command: LeasedCommand): Attempt {
  const { id: commandId } = command
  return {
    ...command,
    accept: async () => void (await channel.settle([{ kind: 'accepted', commandId }])),
    answer: async (event, data) =>
      void (await channel.settle([{ kind: 'event', commandId, event, data }])),
    fail: async (retryable) => {
      const message = 'the shelf is too high'
      await channel.settle([{ kind: 'failed', commandId, code: 'AWAY', message, retryable }])
    },
  }
}
