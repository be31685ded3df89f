import { describe, expect, test } from 'vitest'
import { commandOf, idsOf } from '../contract/builders.ts'
import { openQueue } from './test/open-queue.ts'

describe('a long poll', () => {
  test('is answered as soon as there is a command', async () => {
    const { queue, lease } = await openQueue()
    const poll = lease({ waitMs: 30_000 })
    queue.deliver([commandOf('one', 1)])
    expect(idsOf(await poll)).toEqual(['one:1'])
  })

  test('is answered with nothing when its time is over', async () => {
    const { queue, clock, lease } = await openQueue()
    const poll = lease({ waitMs: 30_000 })
    await clock.advance(30_000)
    expect(await poll).toEqual([])
    queue.deliver([commandOf('one', 1)])
    expect(idsOf(await lease()), 'nothing went to the poll that had ended').toEqual(['one:1'])
  })

  test('takes what one step brings in one answer', async () => {
    const { queue, lease } = await openQueue()
    const poll = lease({ waitMs: 30_000, max: 3 })
    for (let n = 1; n <= 5; n += 1) queue.deliver([commandOf(`e${n}`, n)])
    expect(idsOf(await poll)).toEqual(['e1:1', 'e2:2', 'e3:3'])
    expect(idsOf(await lease())).toEqual(['e4:4', 'e5:5'])
  })

  test('gets nothing any more once its caller has gone', async () => {
    const { queue, lease } = await openQueue()
    const caller = new AbortController()
    const poll = lease({ worker: 'gone', waitMs: 30_000, signal: caller.signal })
    const other = lease({ worker: 'here', waitMs: 30_000 })
    caller.abort()
    queue.deliver([commandOf('one', 1)])
    expect(await poll).toEqual([])
    expect(idsOf(await other)).toEqual(['one:1'])
  })

  test('whose caller has gone already leases nothing', async () => {
    const { queue, lease } = await openQueue()
    queue.deliver([commandOf('one', 1)])
    expect(await lease({ waitMs: 30_000, signal: AbortSignal.abort() })).toEqual([])
    expect(idsOf(await lease())).toEqual(['one:1'])
  })

  test('leaves nothing behind when it is answered', async () => {
    const { queue, clock, lease } = await openQueue()
    const caller = new AbortController()
    const poll = lease({ waitMs: 30_000, leaseMs: 90_000, signal: caller.signal })
    queue.deliver([commandOf('one', 1)])
    await poll
    expect((clock.nextAt() ?? 0) - clock.now(), 'the lease alone').toBe(90_001)
    caller.abort()
    expect(queue.workers()).toMatchObject([{ leased: 1 }])
  })

  test('ends when the channel stops', async () => {
    const { queue, lease } = await openQueue()
    const polls = [lease({ waitMs: 30_000 }), lease({ waitMs: 30_000 })]
    await queue.stop(60_000)
    expect(await Promise.all(polls)).toEqual([[], []])
    queue.deliver([commandOf('one', 1)])
    expect(await lease({ waitMs: 30_000 })).toEqual([])
  })
})

describe('polls that wait together', () => {
  test('are served in the order in which they came', async () => {
    const { queue, lease } = await openQueue()
    const served: string[] = []
    const polls = ['w1', 'w2', 'w3'].map(async (worker) => {
      const [command] = await lease({ worker, max: 1, waitMs: 30_000 })
      served.push(`${worker} ${command?.id}`)
    })
    queue.deliver([commandOf('a', 1), commandOf('b', 2)])
    await Promise.all(polls.slice(0, 2))
    expect(served).toEqual(['w1 a:1', 'w2 b:2'])
    queue.deliver([commandOf('c', 3)])
    await Promise.all(polls)
    expect(served).toEqual(['w1 a:1', 'w2 b:2', 'w3 c:3'])
  })

  test('share the work: who was served waits behind those who were not', async () => {
    const { queue, lease, accept } = await openQueue()
    const counts = new Map<string, number>()
    const served: Promise<void>[] = []
    const work = async (worker: string): Promise<void> => {
      const [command] = await lease({ worker, max: 1, waitMs: 30_000 })
      if (command === undefined) return
      counts.set(worker, (counts.get(worker) ?? 0) + 1)
      await accept(command.id)
      poll(worker)
    }
    const poll = (worker: string): void => void served.push(work(worker))
    for (const worker of ['w1', 'w2', 'w3']) poll(worker)
    for (let n = 1; n <= 30; n += 1) {
      queue.deliver([commandOf(`e${n}`, n)])
      await served[n - 1]
    }
    expect([...counts.values()]).toEqual([10, 10, 10])
    await queue.stop(0)
  })

  test('each get only the commands that they ask for', async () => {
    const { queue, lease } = await openQueue()
    const pays = lease({ worker: 'w1', commands: ['Pay', 'Refund'], waitMs: 30_000 })
    const ships = lease({ worker: 'w2', commands: ['Ship'], waitMs: 30_000 })
    const none = lease({ worker: 'w3', commands: ['Nothing'], waitMs: 30_000 })
    queue.deliver([
      commandOf('a', 1, { command: 'Ship' }),
      commandOf('b', 2, { command: 'Refund' }),
      commandOf('c', 3, { command: 'Pay' }),
      commandOf('d', 4, { command: 'Check' }),
    ])
    expect(idsOf(await pays), 'the oldest first, whatever its name').toEqual(['b:2', 'c:3'])
    expect(idsOf(await ships)).toEqual(['a:1'])
    await queue.stop(0)
    expect(await none).toEqual([])
    expect(queue.held()).toBe(4)
  })
})

describe('commands that wait', () => {
  test('go out oldest first, whatever their names', async () => {
    const { queue, lease } = await openQueue()
    const names = ['Ship', 'Check', 'Pay', 'Check', 'Ship']
    queue.deliver(names.map((command, n) => commandOf(`e${n}`, n, { command })))
    expect(idsOf(await lease())).toEqual(['e0:0', 'e1:1', 'e2:2', 'e3:3', 'e4:4'])
  })

  test('of another name do not overtake an earlier one of their execution', async () => {
    const { queue, lease, accept } = await openQueue()
    queue.deliver([
      commandOf('one', 1, { command: 'Check' }),
      commandOf('one', 2, { command: 'Pay' }),
    ])
    expect(await lease({ commands: ['Pay'] })).toEqual([])
    expect(idsOf(await lease({ commands: ['Check'] }))).toEqual(['one:1'])
    await accept('one:1')
    expect(idsOf(await lease({ commands: ['Pay'] }))).toEqual(['one:2'])
  })
})
