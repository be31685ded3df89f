import { describe, expect, test } from 'vitest'
import { commandOf, idsOf } from '../contract/builders.ts'
import { openQueue } from './test/open-queue.ts'

describe('a result', () => {
  test('that comes after the lease ran out counts, and nobody else gets the command', async () => {
    const { queue, clock, lease, accept, host } = await openQueue()
    queue.deliver([commandOf('one', 1)])
    await lease({ worker: 'w1' })
    await clock.advance(1_001)
    await accept('one:1')
    expect(host.reports).toMatchObject([{ kind: 'accepted', commandId: 'one:1' }])
    expect(await lease({ worker: 'w2' })).toEqual([])
    expect(queue.held()).toBe(0)
  })

  test('that comes while another worker has the command counts; the other one is told', async () => {
    const { queue, clock, lease, accept, host } = await openQueue()
    queue.deliver([commandOf('one', 1)])
    await lease({ worker: 'w1' })
    await clock.advance(1_001)
    await lease({ worker: 'w2', leaseMs: 60_000 })
    await accept('one:1')
    expect(await queue.extend({ worker: 'w2', commandIds: ['one:1'], leaseMs: 1_000 })).toEqual([
      'one:1',
    ])
    await accept('one:1')
    expect(host.reports, 'both are passed on; the kernel knows which is late').toHaveLength(2)
    expect(queue.held()).toBe(0)
  })

  test('on its way while the command is leased again leaves it to that lease', async () => {
    const { queue, clock, lease, accept } = await openQueue()
    queue.deliver([commandOf('one', 1), commandOf('one', 2)])
    await lease({ worker: 'w1' })
    await clock.advance(1_001)
    const accepted = accept('one:1')
    expect(idsOf(await lease({ worker: 'w2', leaseMs: 5_000 }))).toEqual(['one:1'])
    await accepted
    expect(await lease({ worker: 'w3' }), 'w2 may still be at it').toEqual([])
    await clock.advance(5_001)
    expect(idsOf(await lease({ worker: 'w3' }))).toEqual(['one:2'])
  })

  test('of an unknown command is passed on', async () => {
    const { queue, accept, host } = await openQueue()
    await accept('stranger:1')
    expect(host.reports).toMatchObject([{ commandId: 'stranger:1' }])
    expect(queue.held()).toBe(0)
  })

  test('given twice in one request ends the command once', async () => {
    const { queue, lease, accept, host } = await openQueue()
    queue.deliver([commandOf('one', 1), commandOf('one', 2)])
    await lease()
    await accept('one:1', 'one:1')
    expect(host.reports).toHaveLength(2)
    expect(idsOf(await lease())).toEqual(['one:2'])
  })

  test('that cannot be stored is refused, and the command comes again', async () => {
    const { queue, lease, accept, host } = await openQueue()
    queue.deliver([commandOf('one', 1), commandOf('one', 2)])
    await lease({ worker: 'w1' })
    host.refuse(1)
    await expect(accept('one:1')).rejects.toThrow('the store is away')
    expect(await lease({ worker: 'w2' })).toMatchObject([{ id: 'one:1', attempt: 2 }])
    await accept('one:1')
    expect(host.reports).toHaveLength(1)
    expect(idsOf(await lease())).toEqual(['one:2'])
  })

  test('that cannot be stored, of a command withdrawn meanwhile, ends it', async () => {
    const { queue, lease, accept, host } = await openQueue()
    queue.deliver([commandOf('one', 1), commandOf('one', 2)])
    await lease()
    queue.withdraw(['one:1'])
    host.refuse(1)
    await expect(accept('one:1')).rejects.toThrow('the store is away')
    expect(idsOf(await lease())).toEqual(['one:2'])
  })
})

describe('a command postponed while a worker has it in hand', () => {
  test('and due again goes to the next worker when the lease runs out', async () => {
    const { queue, clock, lease } = await openQueue()
    queue.deliver([commandOf('one', 1)])
    await lease({ worker: 'w1' })
    queue.withdraw(['one:1'])
    queue.deliver([commandOf('one', 1, { attempt: 2 })])
    expect(await lease({ worker: 'w2' })).toEqual([])
    await clock.advance(1_001)
    expect(idsOf(await lease({ worker: 'w2' }))).toEqual(['one:1'])
  })

  test('and due again while its result is on the way is not lost if that fails', async () => {
    const { queue, lease, accept, host } = await openQueue()
    queue.deliver([commandOf('one', 1)])
    await lease({ worker: 'w1' })
    queue.withdraw(['one:1'])
    host.refuse(1)
    const accepted = accept('one:1')
    queue.deliver([commandOf('one', 1, { attempt: 2 })])
    await expect(accepted).rejects.toThrow('the store is away')
    expect(idsOf(await lease({ worker: 'w2' }))).toEqual(['one:1'])
  })
})

describe('room', () => {
  test('is told of by the result that makes it, in time for it to be filled', async () => {
    const { queue, lease, accept, host } = await openQueue(3)
    queue.deliver([1, 2, 3].map((n) => commandOf(`e${n}`, n)))
    await lease()
    expect(host.rooms()).toBe(0)
    await accept('e2:2')
    expect(host.rooms()).toBe(1)
    expect(queue.held()).toBe(2)
    await accept('e1:1')
    expect(host.rooms(), 'there was room already').toBe(1)
  })
})

describe('the book of workers', () => {
  test('knows who came when, and what each has in hand', async () => {
    const { queue, clock, lease, accept } = await openQueue()
    const at = clock.now()
    queue.deliver([1, 2, 3].map((n) => commandOf(`e${n}`, n)))
    await lease({ worker: 'w1', max: 2 })
    await clock.advance(100)
    await lease({ worker: 'w2', max: 5 })
    await accept('e1:1')
    expect(queue.workers()).toEqual([
      { worker: 'w1', lastSeenAt: at, leased: 1 },
      { worker: 'w2', lastSeenAt: at + 100, leased: 1 },
    ])
    await clock.advance(2_000)
    queue.extend({ worker: 'w1', commandIds: [], leaseMs: 1_000 })
    expect(queue.workers()).toEqual([
      { worker: 'w2', lastSeenAt: at + 100, leased: 0 },
      { worker: 'w1', lastSeenAt: at + 2_100, leased: 0 },
    ])
  })

  test('forgets those seen longest ago', async () => {
    const { queue, lease } = await openQueue()
    for (let n = 0; n <= 1_000; n += 1) await lease({ worker: `w${n}` })
    const workers = queue.workers().map(({ worker }) => worker)
    expect(workers).toHaveLength(1_000)
    expect(workers).not.toContain('w0')
    expect(workers).toContain('w1000')
  })
})
