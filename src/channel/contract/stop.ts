import { expect } from 'vitest'
import { commandOf } from './builders.ts'
import type { Promised } from './subject.ts'

export function stopPromises(promised: Promised): void {
  promised(
    'an attempt under way is still reported, nothing new begins',
    async ({ channel, receiver, host }) => {
      channel.deliver([commandOf('one', 1), commandOf('one', 2)])
      const [attempt] = await receiver.take(1)
      const stopped = channel.stop(60_000)
      channel.deliver([commandOf('two', 3)])
      await attempt?.answer('InventoryCheckOK', {})
      await stopped
      expect(host.reports).toMatchObject([{ kind: 'event', commandId: 'one:1' }])
      expect(await receiver.rest()).toEqual([])
    },
  )

  promised('with nothing to do it stops at once', async ({ channel }) => {
    await channel.stop(60_000)
    expect(channel.held()).toBe(0)
  })
}
