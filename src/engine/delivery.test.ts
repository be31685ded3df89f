import { afterEach, describe, expect, test } from 'vitest'
import { limits } from '../kernel/limits.ts'
import { orderFlow } from './test/flows.ts'
import { until } from './test/until.ts'
import {
  openEngine,
  allStoreKinds,
  type TestEngine,
  type TestEngineOptions,
} from './test/open-engine.ts'

const retryingFlow = orderFlow
  .replace(
    'send: Reserve',
    'send: { command: Reserve, retry: { attempts: 3, interval: 5s, backoff: 2, jitter: 0 } }',
  )
  .replace('after: { 10s', 'after: { 1h')

describe.each(allStoreKinds)('delivery on the %s store', (kind) => {
  let world: TestEngine

  async function open(flow: string, options: TestEngineOptions = {}): Promise<void> {
    world = await openEngine(kind, options)
    await world.publish(flow)
  }
  afterEach(() => world.close())

  const start = (id: string) =>
    world.engine.executions.start({ flow: 'order', id, input: { orderId: id } })
  const leasedIds = async (max = 100) => (await world.lease({ max })).map(({ id }) => id)

  test('a command waits in the store until somebody comes, over a restart too', async () => {
    await open(orderFlow)
    await start('o-1')
    expect(await world.store.outboxChannels()).toEqual(['shop'])
    await world.restart()
    expect(world.engine.channels()).toMatchObject([{ name: 'shop', type: 'queue', held: 1 }])
    expect(await world.lease()).toMatchObject([
      { id: 'o-1:1', command: 'Reserve', execution: 'o-1', attempt: 1, data: { orderId: 'o-1' } },
    ])
  })

  test('a leased command comes again after a crash, with the same id', async () => {
    await open(orderFlow)
    await start('o-1')
    expect(await leasedIds()).toEqual(['o-1:1'])
    await world.crash()
    expect(await leasedIds()).toEqual(['o-1:1'])
    expect(await world.answer('o-1:1', 'Reserved')).toEqual({ applied: true })
    await world.crash()
    expect(await leasedIds()).toEqual(['o-1:2'])
  })

  test('the result of a lease of the life before counts', async () => {
    await open(orderFlow)
    await start('o-1')
    await world.lease()
    await world.restart()
    expect(await world.answer('o-1:1', 'Reserved')).toEqual({ applied: true })
    expect(await leasedIds()).toEqual(['o-1:2'])
  })

  test('a settled command is in nobody’s hands any more', async () => {
    await open(orderFlow)
    await start('o-1')
    await world.lease()
    await world.accept('o-1:1')
    expect(await world.store.outboxChannels()).toEqual([])
    expect(world.engine.channels()).toMatchObject([{ held: 0 }])
    await world.restart()
    expect(await world.lease()).toEqual([])
  })

  test('a failed attempt is made again at its time, with the same id', async () => {
    await open(retryingFlow)
    await start('o-1')
    await world.lease()
    await world.fail('o-1:1')
    await world.clock.advance(4_999)
    expect(await world.lease()).toEqual([])
    await world.clock.advance(1)
    expect(await world.lease()).toMatchObject([{ id: 'o-1:1', attempt: 2 }])
    await world.fail('o-1:1')
    await world.clock.advance(9_999)
    expect(await world.lease()).toEqual([])
    await world.clock.advance(1)
    expect(await world.lease()).toMatchObject([{ id: 'o-1:1', attempt: 3 }])
    expect(await world.answer('o-1:1', 'Reserved')).toEqual({ applied: true })
  })

  test('a postponed attempt keeps its time over a restart and a crash', async () => {
    await open(retryingFlow)
    await start('o-1')
    await start('o-2')
    await world.lease()
    await world.fail('o-1:1')
    await world.clock.advance(1_000)
    await world.fail('o-2:1')
    await world.restart(1_000)
    await world.clock.advance(2_999)
    expect(await leasedIds()).toEqual([])
    await world.clock.advance(1)
    expect(await leasedIds()).toEqual(['o-1:1'])
    await world.crash(999)
    expect(await leasedIds(), 'not settled, so handed out anew').toEqual(['o-1:1'])
    await world.clock.advance(1)
    expect(await leasedIds()).toEqual(['o-2:1'])
  })

  test('an attempt that was due while nobody was there is made at once', async () => {
    await open(retryingFlow)
    await start('o-1')
    await world.lease()
    await world.fail('o-1:1')
    await world.restart(60_000)
    expect(await world.lease()).toMatchObject([{ id: 'o-1:1', attempt: 2 }])
  })

  test('attempts that are used up undo and end, or wait for a person', async () => {
    await open(retryingFlow.replace('channel: shop', 'channel: shop\nonFailure: incident'))
    await start('o-1')
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(await world.lease()).toMatchObject([{ attempt }])
      await world.fail('o-1:1')
      await world.clock.advance(60_000)
    }
    expect(await world.lease(), 'it waits for a person').toEqual([])
    await world.restart(3_000_000)
    expect(await world.lease()).toEqual([])
    expect(await world.engine.executions.get('o-1')).toMatchObject({ status: 'incident' })
    await world.engine.executions.act('o-1', { kind: 'retry', actor: 'ada', reason: 'it is back' })
    expect(await world.lease()).toMatchObject([{ id: 'o-1:1', attempt: 1 }])
    expect(await world.answer('o-1:1', 'Reserved')).toEqual({ applied: true })
  })

  test('a command that nobody has begun is not handed out once its node is left', async () => {
    await open(orderFlow)
    await start('o-1')
    await world.clock.advance(10_000)
    expect(await world.engine.executions.get('o-1')).toMatchObject({ status: 'compensating' })
    const [undo, ...others] = await world.lease()
    expect(undo).toMatchObject({ id: 'o-1:2', command: 'Release' })
    expect(others).toEqual([])
    await world.accept('o-1:2')
    expect(await world.engine.executions.get('o-1')).toMatchObject({ status: 'rolled-back' })
  })

  test('the undo of a command that a worker has in hand waits for that worker', async () => {
    await open(orderFlow)
    await start('o-1')
    await world.lease({ leaseMs: 15_000 })
    await world.clock.advance(10_000)
    expect(await world.lease(), 'the worker may still be reserving').toEqual([])
    await world.clock.advance(5_001)
    expect(await world.lease()).toMatchObject([{ command: 'Release' }])
  })

  test('commands of several channels go their own ways', async () => {
    await open(orderFlow.replace('send: Pay', 'send: { command: Pay, channel: bank }'))
    await start('o-1')
    await world.lease()
    await world.answer('o-1:1', 'Reserved')
    expect(await world.lease()).toEqual([])
    expect(await world.lease({}, 'bank')).toMatchObject([{ id: 'o-1:2', command: 'Pay' }])
    await world.restart()
    expect(world.engine.channels()).toMatchObject([{ name: 'bank', held: 1 }])
  })
})

describe.each(allStoreKinds)('more commands than a channel holds, on the %s store', (kind) => {
  let world: TestEngine
  afterEach(() => world.close())

  const start = (id: string) =>
    world.engine.executions.start({ flow: 'order', id, input: { orderId: id } })

  async function startMany(count: number): Promise<readonly string[]> {
    const ids = Array.from({ length: count }, (_, n) => `o-${String(n).padStart(5, '0')}`)
    const atOnce = 2_000
    for (let from = 0; from < count; from += atOnce) {
      await Promise.all(ids.slice(from, from + atOnce).map(start))
    }
    return ids
  }

  test(
    'all arrive, in order, while memory holds no more than the window',
    { timeout: 120_000 },
    async () => {
      const window = 50
      world = await openEngine(kind, { windowCommands: window })
      await world.publish(orderFlow.replace('10s', '100d'))
      const ids = await startMany(10_000)
      await world.crash()
      const arrived: string[] = []
      const held: number[] = []
      while (arrived.length < 2 * ids.length) {
        const [channel] = world.engine.channels()
        held.push(channel?.held ?? 0)
        const leased = await world.engine
          .queue('shop')
          .lease({ worker: 'w1', max: 500, waitMs: 60_000, leaseMs: 60_000 })
        arrived.push(...leased.map(({ id }) => id))
        await world.engine.queue('shop').settle(
          leased.map(({ id, command }) => ({
            kind: 'event',
            commandId: id,
            event: command === 'Reserve' ? 'Reserved' : 'Paid',
            data: {},
          })),
        )
      }
      expect(Math.max(...held)).toBeLessThanOrEqual(window)
      const first = arrived.filter((id) => id.endsWith(':1'))
      expect(first).toEqual(ids.map((id) => `${id}:1`))
      const second = arrived.filter((id) => id.endsWith(':2'))
      expect(second).toEqual(ids.map((id) => `${id}:2`))
      expect(new Set(arrived).size).toBe(20_000)
      expect(await world.engine.flows.nodeCounts('order')).toEqual(new Map())
      expect(await world.store.outboxChannels()).toEqual([])
      expect(world.faults.outboxRowsRead(), 'each row is read about once').toBeLessThan(25_000)
    },
  )

  test('a postponed one is not forgotten behind the others', async () => {
    world = await openEngine(kind, { windowCommands: 5 })
    await world.publish(retryingFlow)
    await start('o-first')
    await world.lease({ max: 1 })
    await world.fail('o-first:1')
    await startMany(20)
    await world.crash()
    // It becomes due while the channel is full, with its place before all the others.
    await world.clock.advance(6_000)
    const arrived: string[] = []
    for (let round = 0; round < 30; round += 1) {
      const leased = await world.lease({ max: 2 })
      arrived.push(...leased.map(({ id }) => id))
      for (const { id } of leased) await world.accept(id)
    }
    expect(arrived).toContain('o-first:1')
    expect(arrived).toHaveLength(21)
    expect(await world.store.outboxChannels()).toEqual([])
  })

  test('one that is closed while it is on its way out of the store stays in', async () => {
    world = await openEngine(kind, { windowCommands: 1 })
    await world.publish(orderFlow)
    await start('o-1')
    await start('o-2')
    await world.lease()
    const answer = world.faults.holdOutbox()
    await world.accept('o-1:1')
    // The channel has room, and the row of o-2 has been read.
    await until(() => world.faults.outboxRowsRead() === 2)
    await world.engine.executions.applyEvent({ executionId: 'o-2', event: 'Reserved' })
    answer()
    expect(await world.lease()).toMatchObject([{ id: 'o-2:2', command: 'Pay' }])
  })

  test('those whose attempts fail all come again', async () => {
    world = await openEngine(kind, { windowCommands: 7 })
    await world.publish(retryingFlow.replace('attempts: 3', `attempts: ${limits.retryAttempts}`))
    const ids = await startMany(40)
    const attempts = new Map<string, number>()
    for (
      let round = 0;
      attempts.size < 40 || [...attempts.values()].some((n) => n < 3);
      round += 1
    ) {
      expect(round).toBeLessThan(200)
      for (const { id } of await world.lease({ max: 3 })) {
        const attempt = (attempts.get(id) ?? 0) + 1
        attempts.set(id, attempt)
        await (attempt < 3 ? world.fail(id) : world.accept(id))
      }
      await world.clock.advance(400)
    }
    expect([...attempts.keys()].toSorted()).toEqual(ids.map((id) => `${id}:1`))
    expect([...attempts.values()]).toEqual(ids.map(() => 3))
    expect(await world.store.outboxChannels()).toEqual([])
  })
})
