import { expect } from 'vitest'
import { commandOf, idsOf } from './builders.ts'
import type { Promised } from './subject.ts'

export function orderPromises(promised: Promised): void {
  const orders: readonly [string, readonly string[]][] = [
    ['the same name', ['Check', 'Check', 'Check', 'Check']],
    ['different names', ['Check', 'Pay', 'Ship', 'Check']],
  ]
  for (const [title, names] of orders) {
    promised(
      `commands of one execution with ${title} leave one after the other`,
      async ({ channel, receiver, host }) => {
        channel.deliver(names.map((command, n) => commandOf('one', n + 1, { command })))
        const arrived: string[] = []
        for (let n = 1; n <= names.length; n += 1) {
          const [attempt] = await receiver.take(1)
          arrived.push(attempt?.id ?? '')
          expect(await receiver.rest()).toEqual([])
          await attempt?.accept()
          await host.reported(n)
        }
        expect(arrived).toEqual(['one:1', 'one:2', 'one:3', 'one:4'])
      },
    )
  }

  promised(
    'later deliveries take their place in the line too',
    async ({ channel, receiver, host }) => {
      channel.deliver([commandOf('one', 1), commandOf('one', 2)])
      const [first] = await receiver.take(1)
      channel.deliver([commandOf('one', 3)])
      await first?.accept()
      const [second] = await receiver.take(1)
      channel.deliver([commandOf('one', 4)])
      expect(await receiver.rest()).toEqual([])
      await second?.accept()
      const [third] = await receiver.take(1)
      await third?.accept()
      const [fourth] = await receiver.take(1)
      await fourth?.accept()
      await host.reported(4)
      expect(idsOf(host.reports.map(({ commandId: id }) => ({ id })))).toEqual([
        'one:1',
        'one:2',
        'one:3',
        'one:4',
      ])
    },
  )

  promised('executions do not hold each other up', async ({ channel, receiver, host }) => {
    channel.deliver([commandOf('one', 1), commandOf('one', 2), commandOf('two', 3)])
    const attempts = await receiver.take(2)
    expect(idsOf(attempts).toSorted()).toEqual(['one:1', 'two:3'])
    expect(await receiver.rest()).toEqual([])
    await attempts.find(({ id }) => id === 'two:3')?.accept()
    await host.reported(1)
    expect(await receiver.rest()).toEqual([])
    await attempts.find(({ id }) => id === 'one:1')?.accept()
    const [second] = await receiver.take(1)
    expect(second?.id).toBe('one:2')
    await second?.accept()
  })

  promised('side commands hold nobody up and wait for nobody', async ({ channel, receiver }) => {
    const also = { purpose: 'also' } as const
    channel.deliver([
      commandOf('one', 1, also),
      commandOf('one', 2),
      commandOf('one', 3, also),
      commandOf('one', 4),
    ])
    const attempts = await receiver.take(3)
    expect(idsOf(attempts).toSorted()).toEqual(['one:1', 'one:2', 'one:3'])
    expect(await receiver.rest()).toEqual([])
    await attempts.find(({ id }) => id === 'one:2')?.accept()
    const [last] = await receiver.take(1)
    expect(last?.id).toBe('one:4')
    await Promise.all(
      [...attempts.filter(({ id }) => id !== 'one:2'), last].map((a) => a?.accept()),
    )
  })

  promised(
    'a command that failed and is postponed lets the next one go',
    async ({ channel, receiver, host }) => {
      channel.deliver([commandOf('one', 1), commandOf('one', 2), commandOf('one', 3)])
      const [first] = await receiver.take(1)
      await first?.fail(true)
      const [second] = await receiver.take(1)
      expect(second?.id).toBe('one:2')
      // Due again: behind those that are in the line already.
      channel.deliver([commandOf('one', 1, { attempt: 2 })])
      await second?.accept()
      const [third] = await receiver.take(1)
      expect(third?.id).toBe('one:3')
      await third?.accept()
      const [again] = await receiver.take(1)
      expect(again).toMatchObject({ id: 'one:1', attempt: 2 })
      await again?.accept()
      await host.reported(4)
    },
  )

  promised(
    'a withdrawn attempt that is under way holds the next ones until it has ended',
    async ({ channel, receiver, host }) => {
      channel.deliver([commandOf('one', 1)])
      const [abandoned] = await receiver.take(1)
      channel.withdraw(['one:1'])
      channel.deliver([commandOf('one', 2, { purpose: 'undo' })])
      // The undo must not overtake what it undoes.
      expect(await receiver.rest()).toEqual([])
      await abandoned?.accept()
      const [undo] = await receiver.take(1)
      expect(undo?.id).toBe('one:2')
      await undo?.accept()
      await host.reported(2)
      expect(channel.held()).toBe(0)
    },
  )

  promised(
    'one that is withdrawn in the line leaves the others in order',
    async ({ channel, receiver }) => {
      channel.deliver([1, 2, 3, 4].map((n) => commandOf('one', n)))
      const [first] = await receiver.take(1)
      channel.withdraw(['one:2'])
      await first?.accept()
      const [third] = await receiver.take(1)
      expect(third?.id).toBe('one:3')
      expect(await receiver.rest()).toEqual([])
      await third?.accept()
      const [fourth] = await receiver.take(1)
      expect(fourth?.id).toBe('one:4')
      await fourth?.accept()
    },
  )
}
