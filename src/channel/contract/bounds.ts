import { expect } from 'vitest'
import { commandOf } from './builders.ts'
import type { Attempt, Promised } from './subject.ts'

export function boundPromises(promised: Promised): void {
  promised('it counts what it holds', async ({ channel, receiver, host }) => {
    expect(channel.held()).toBe(0)
    channel.deliver([commandOf('one', 1), commandOf('one', 2), commandOf('two', 3)])
    expect(channel.held()).toBe(3)
    const attempts = await receiver.take(2)
    expect(channel.held()).toBe(3)
    await Promise.all(attempts.map((attempt) => attempt.accept()))
    const [last] = await receiver.take(1)
    await last?.accept()
    await host.reported(3)
    expect(channel.held()).toBe(0)
  })

  promised(
    'it says that there is room again when it was full',
    async ({ channel, receiver, host }) => {
      const { windowCommands } = channel
      expect(windowCommands).toBeGreaterThan(0)
      channel.deliver(Array.from({ length: windowCommands - 1 }, (_, n) => commandOf('one', n + 1)))
      const [first] = await receiver.take(1)
      await first?.accept()
      await host.reported(1)
      const [second] = await receiver.take(1)
      expect(host.rooms(), 'was not full').toBe(0)
      channel.deliver([commandOf('two', 1), commandOf('two', 2)])
      expect(channel.held()).toBe(windowCommands)
      await second?.accept()
      await host.reported(2)
      await receiver.rest().then(endAll)
      expect(host.rooms()).toBeGreaterThan(0)
    },
  )

  promised('a withdrawal makes room too', async ({ channel, host }) => {
    const { windowCommands } = channel
    channel.deliver(Array.from({ length: windowCommands }, (_, n) => commandOf('one', n + 1)))
    expect(channel.held()).toBe(windowCommands)
    channel.withdraw([`one:${windowCommands}`])
    expect(channel.held()).toBe(windowCommands - 1)
    expect(host.rooms()).toBe(1)
  })
}

async function endAll(attempts: readonly Attempt[]): Promise<void> {
  await Promise.all(attempts.map((attempt) => attempt.accept()))
}
