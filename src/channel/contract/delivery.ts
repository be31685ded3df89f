import { expect } from 'vitest'
import { commandOf, idsOf } from './builders.ts'
import type { Attempt, Promised } from './subject.ts'

export function deliveryPromises(promised: Promised): void {
  promised('a command arrives as it is', async ({ channel, receiver }) => {
    const data = { text: 'Grüße "✓" \u0000', list: [1, { deep: null }], nothing: null }
    channel.deliver([commandOf('one', 1, { key: 'K-1', command: 'Reserve', data, attempt: 3 })])
    const [attempt] = await receiver.take(1)
    expect(attempt).toMatchObject({
      id: 'one:1',
      command: 'Reserve',
      execution: 'one',
      key: 'K-1',
      flow: 'order',
      data,
      attempt: 3,
    })
    await attempt?.accept()
  })

  promised('a command without a key arrives without one', async ({ channel, receiver }) => {
    channel.deliver([commandOf('one', 1, { data: null })])
    const [attempt] = await receiver.take(1)
    expect(attempt?.data).toBeNull()
    expect(attempt).not.toHaveProperty('key', expect.anything())
    await attempt?.accept()
  })

  promised('what it holds already is not delivered twice', async ({ channel, receiver, host }) => {
    channel.deliver([commandOf('one', 1), commandOf('one', 1)])
    channel.deliver([commandOf('one', 1)])
    const [attempt] = await receiver.take(1)
    channel.deliver([commandOf('one', 1)])
    expect(channel.held()).toBe(1)
    await attempt?.accept()
    await host.reported(1)
    expect(await receiver.rest()).toEqual([])
  })

  const ends: readonly [string, (attempt: Attempt) => Promise<void>, object][] = [
    ['an acceptance', (attempt) => attempt.accept(), { kind: 'accepted' }],
    [
      'an event',
      (attempt) => attempt.answer('InventoryCheckOK', { reserved: 2 }),
      { kind: 'event', event: 'InventoryCheckOK', data: { reserved: 2 } },
    ],
    ['a failure', (attempt) => attempt.fail(true), { kind: 'failed', retryable: true }],
    ['a failure for good', (attempt) => attempt.fail(false), { kind: 'failed', retryable: false }],
  ]
  for (const [title, end, report] of ends) {
    promised(`${title} is reported once`, async ({ channel, receiver, host }) => {
      channel.deliver([commandOf('one', 1)])
      const [attempt] = await receiver.take(1)
      if (attempt !== undefined) await end(attempt)
      await host.reported(1)
      expect(await receiver.rest()).toEqual([])
      expect(host.reports).toHaveLength(1)
      expect(host.reports[0]).toMatchObject({ commandId: 'one:1', ...report })
      expect(channel.held()).toBe(0)
    })
  }

  promised('a failure says what was wrong', async ({ channel, receiver, host }) => {
    channel.deliver([commandOf('one', 1)])
    const [attempt] = await receiver.take(1)
    await attempt?.fail(true)
    await host.reported(1)
    expect(host.reports[0]).toMatchObject({
      code: expect.stringMatching(/^[A-Z0-9_]+$/),
      message: expect.stringMatching(/.{10,}/),
    })
  })

  promised('the next attempt carries the same id', async ({ channel, receiver, host }) => {
    for (const attempt of [1, 2, 3]) {
      channel.deliver([commandOf('one', 1, { attempt })])
      const [arrived] = await receiver.take(1)
      expect(arrived).toMatchObject({ id: 'one:1', attempt })
      await arrived?.fail(true)
      await host.reported(attempt)
    }
    expect(host.reports.map(({ commandId }) => commandId)).toEqual(['one:1', 'one:1', 'one:1'])
  })

  promised(
    'an attempt that is due before the one before it has left is made',
    async ({ channel, receiver, host }) => {
      channel.deliver([commandOf('one', 1)])
      const [first] = await receiver.take(1)
      host.whenStored(() => channel.deliver([commandOf('one', 1, { attempt: 2 })]))
      await first?.fail(true)
      const [second] = await receiver.take(1)
      expect(second).toMatchObject({ id: 'one:1', attempt: 2 })
      await second?.accept()
      await host.reported(2)
      expect(await receiver.rest()).toEqual([])
      expect(channel.held()).toBe(0)
    },
  )

  promised('commands of many executions all arrive', async ({ channel, receiver, host }) => {
    const commands = Array.from({ length: 30 }, (_, n) => commandOf(`e${n}`, n))
    channel.deliver(commands)
    const attempts = await receiver.take(30)
    expect(idsOf(attempts).toSorted()).toEqual(
      commands.map(({ commandId }) => commandId).toSorted(),
    )
    await Promise.all(attempts.map((attempt) => attempt.accept()))
    await host.reported(30)
    expect(channel.held()).toBe(0)
  })
}
