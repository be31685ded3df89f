import { describe, expect, test } from 'vitest'
import { commandOf, idsOf } from '../contract/builders.ts'
import { openQueue } from './test/open-queue.ts'

describe('a lease', () => {
  test('tells until when it holds', async () => {
    const { queue, clock, lease } = await openQueue()
    queue.deliver([commandOf('one', 1)])
    const [leased] = await lease({ leaseMs: 1_500 })
    expect(leased?.leasedUntil).toBe(clock.now() + 1_500)
  })

  test('that runs out gives the command to the next worker, as a further attempt', async () => {
    const { queue, clock, lease, host } = await openQueue()
    queue.deliver([commandOf('one', 1, { attempt: 3 })])
    expect(await lease({ worker: 'w1' })).toMatchObject([{ id: 'one:1', attempt: 3 }])
    await clock.advance(999)
    expect(await lease({ worker: 'w2' })).toEqual([])
    await clock.advance(2)
    expect(await lease({ worker: 'w2' })).toMatchObject([{ id: 'one:1', attempt: 4 }])
    await clock.advance(1_001)
    expect(await lease({ worker: 'w3' })).toMatchObject([{ id: 'one:1', attempt: 5 }])
    expect(host.reports).toEqual([])
  })

  test('that runs out answers a poll that waits', async () => {
    const { queue, clock, lease } = await openQueue()
    queue.deliver([commandOf('one', 1)])
    await lease({ worker: 'w1', leaseMs: 1_000 })
    const poll = lease({ worker: 'w2', waitMs: 30_000 })
    await clock.advance(1_001)
    expect(idsOf(await poll)).toEqual(['one:1'])
  })

  test('each ends at its own time', async () => {
    const { queue, clock, lease } = await openQueue()
    queue.deliver([1, 2, 3].map((n) => commandOf(`e${n}`, n)))
    await lease({ max: 1, leaseMs: 3_000 })
    await lease({ max: 1, leaseMs: 1_000 })
    await lease({ max: 1, leaseMs: 2_000 })
    for (const expected of ['e2:2', 'e3:3', 'e1:1']) {
      await clock.advance(1_001)
      expect(idsOf(await lease({ leaseMs: 60_000 }))).toEqual([expected])
    }
  })

  test('is prolonged by its worker alone', async () => {
    const { queue, clock, lease } = await openQueue()
    queue.deliver([commandOf('one', 1), commandOf('two', 2)])
    await lease({ worker: 'w1', leaseMs: 1_000 })
    const ids = ['one:1', 'nothing:1']
    await clock.advance(900)
    expect(await queue.extend({ worker: 'w2', commandIds: ['one:1'], leaseMs: 1_000 })).toEqual([
      'one:1',
    ])
    expect(await queue.extend({ worker: 'w1', commandIds: ids, leaseMs: 1_000 })).toEqual([
      'nothing:1',
    ])
    await clock.advance(200)
    expect(idsOf(await lease({ worker: 'w2' })), 'not prolonged').toEqual(['two:2'])
    await clock.advance(801)
    expect(idsOf(await lease({ worker: 'w3' })), 'prolonged until then').toEqual(['one:1'])
    expect(await queue.extend({ worker: 'w1', commandIds: ['one:1'], leaseMs: 1_000 })).toEqual([
      'one:1',
    ])
  })

  test('of another replica that has stopped is prolonged here by its worker', async () => {
    const { queue, clock, lease } = await openQueue()
    const extend = (worker: string) =>
      queue.extend({ worker, commandIds: ['one:1'], leaseMs: 1_000 })
    queue.deliver([commandOf('one', 1, { attempt: 3, reservedUntil: clock.now() + 1_000 })])
    for (let round = 0; round < 3; round += 1) {
      await clock.advance(900)
      expect(await extend('w1')).toEqual([])
      expect(await extend('w2'), 'whoever came first').toEqual(['one:1'])
      expect(await lease({ worker: 'w2' })).toEqual([])
    }
    expect(queue.workers()).toMatchObject([
      { worker: 'w1', leased: 1 },
      { worker: 'w2', leased: 0 },
    ])
    await clock.advance(1_001)
    expect(await lease({ worker: 'w2' })).toMatchObject([{ id: 'one:1', attempt: 4 }])
    expect(await extend('w1')).toEqual(['one:1'])
  })

  test('of a replica that was killed is had here by its worker, who came before any other', async () => {
    const { queue, clock, lease, accept, host } = await openQueue()
    queue.deliver([commandOf('one', 1), commandOf('one', 2), commandOf('two', 3)])
    const request = { worker: 'w1', commandIds: ['one:1', 'one:2'], leaseMs: 1_000 }
    expect(await queue.extend(request), 'of a line only the first is at work').toEqual(['one:2'])
    expect(idsOf(await lease({ worker: 'w2', leaseMs: 60_000 }))).toEqual(['two:3'])
    await clock.advance(900)
    expect(await queue.extend({ ...request, commandIds: ['one:1'] })).toEqual([])
    await clock.advance(900)
    await accept('one:1')
    expect(host.reports).toMatchObject([{ commandId: 'one:1' }])
    expect(idsOf(await lease({ worker: 'w2' }))).toEqual(['one:2'])
  })

  test('may be shortened too', async () => {
    const { queue, clock, lease } = await openQueue()
    queue.deliver([commandOf('one', 1)])
    await lease({ leaseMs: 60_000 })
    expect(await queue.extend({ worker: 'w1', commandIds: ['one:1'], leaseMs: 100 })).toEqual([])
    await clock.advance(102)
    expect(idsOf(await lease())).toEqual(['one:1'])
  })

  test('of a withdrawn command is not prolonged, and ends for good', async () => {
    const { queue, clock, lease } = await openQueue()
    queue.deliver([commandOf('one', 1), commandOf('one', 2)])
    await lease()
    queue.withdraw(['one:1'])
    expect(await queue.extend({ worker: 'w1', commandIds: ['one:1'], leaseMs: 9_000 })).toEqual([
      'one:1',
    ])
    expect(await lease({ worker: 'w2' }), 'the worker may still be at it').toEqual([])
    await clock.advance(1_001)
    expect(idsOf(await lease({ worker: 'w2' }))).toEqual(['one:2'])
    expect(queue.held()).toBe(1)
  })

  test('keeps the line of its execution when it runs out', async () => {
    const { queue, clock, lease, accept } = await openQueue()
    queue.deliver([1, 2, 3].map((n) => commandOf('one', n)))
    expect(idsOf(await lease())).toEqual(['one:1'])
    await clock.advance(1_001)
    expect(idsOf(await lease({ worker: 'w2' }))).toEqual(['one:1'])
    await accept('one:1')
    expect(idsOf(await lease())).toEqual(['one:2'])
    await accept('one:2')
    expect(idsOf(await lease())).toEqual(['one:3'])
  })

  test('does not end at all after the channel has stopped', async () => {
    const { queue, clock, lease, accept, host } = await openQueue()
    queue.deliver([commandOf('one', 1)])
    await lease()
    await queue.stop(0)
    await clock.advance(5_000)
    await accept('one:1')
    expect(host.reports).toHaveLength(1)
  })
})
