import { expect } from 'vitest'
import { commandOf, idsOf } from './builders.ts'
import type { Promised } from './subject.ts'

export function withdrawalPromises(promised: Promised): void {
  promised(
    'a command that waits in the line is never handed out once withdrawn',
    async ({ channel, receiver, host }) => {
      channel.deliver([commandOf('one', 1), commandOf('one', 2)])
      const [first] = await receiver.take(1)
      channel.withdraw(['one:2'])
      expect(channel.held()).toBe(1)
      await first?.accept()
      await host.reported(1)
      expect(await receiver.rest()).toEqual([])
      expect(channel.held()).toBe(0)
    },
  )

  promised(
    'a withdrawn attempt that is under way may end, and no other begins',
    async ({ channel, receiver, host }) => {
      channel.deliver([commandOf('one', 1)])
      const [attempt] = await receiver.take(1)
      channel.withdraw(['one:1'])
      expect(await receiver.rest()).toEqual([])
      await attempt?.fail(true)
      await host.reported(1)
      expect(await receiver.rest()).toEqual([])
      expect(host.reports).toHaveLength(1)
      expect(channel.held()).toBe(0)
    },
  )

  promised(
    'withdrawing again, or what it does not hold, does no harm',
    async ({ channel, receiver, host }) => {
      channel.withdraw(['one:1', 'other:9'])
      channel.deliver([commandOf('one', 1), commandOf('two', 2)])
      const attempts = await receiver.take(2)
      channel.withdraw(['one:1', 'one:1', 'other:9'])
      channel.withdraw(['one:1'])
      await Promise.all(attempts.map((attempt) => attempt.accept()))
      await host.reported(2)
      expect(channel.held()).toBe(0)
      channel.withdraw(idsOf(attempts))
      expect(channel.held()).toBe(0)
    },
  )

  promised('what was withdrawn may be delivered anew', async ({ channel, receiver, host }) => {
    channel.deliver([commandOf('one', 1), commandOf('one', 2)])
    const [first] = await receiver.take(1)
    channel.withdraw(['one:2'])
    channel.deliver([commandOf('one', 2, { attempt: 2 })])
    await first?.accept()
    const [second] = await receiver.take(1)
    expect(second).toMatchObject({ id: 'one:2', attempt: 2 })
    await second?.accept()
    await host.reported(2)
    expect(channel.held()).toBe(0)
  })
}
