import { afterEach, describe, expect, test } from 'vitest'
import { clockFlow, orderFlow } from './test/flows.ts'
import {
  openEngine,
  storeKinds,
  type TestEngine,
  type TestEngineOptions,
} from './test/open-engine.ts'

describe.each(storeKinds)('an engine on the %s store', (kind) => {
  let world: TestEngine

  async function open(options: TestEngineOptions = {}): Promise<void> {
    world = await openEngine(kind, options)
    await world.publish(orderFlow)
    await world.publish(clockFlow)
  }
  afterEach(() => world.close())

  const start = (id: string) =>
    world.engine.executions.start({ flow: 'order', id, input: { orderId: id } })

  describe('with more messages than it takes', () => {
    test('refuses those beyond its limit and says when to come back', async () => {
      await open({ inboundMessagesMax: 3 })
      const starts = await Promise.allSettled(['o-1', 'o-2', 'o-3', 'o-4', 'o-5'].map(start))
      expect(starts.map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'fulfilled',
        'rejected',
        'rejected',
      ])
      expect(starts[4]).toMatchObject({
        reason: { code: 'BUSY', status: 503, retryAfterMs: expect.any(Number) },
      })
      expect(await world.engine.executions.count({})).toBe(3)
      expect((await start('o-4')).created).toBe(true)
    })

    test('still takes results and fires timers', async () => {
      await open({ inboundMessagesMax: 1 })
      for (const id of ['o-1', 'o-2', 'o-3']) await start(id)
      await world.lease()
      const results = await world.engine.queue('shop').settle(
        ['o-1', 'o-2', 'o-3'].map((id) => ({
          kind: 'event',
          commandId: `${id}:1`,
          event: 'Reserved',
          data: {},
        })),
      )
      expect(results).toEqual([{ applied: true }, { applied: true }, { applied: true }])
      await world.clock.advance(3_600_000)
      expect(await world.engine.flows.nodeCounts('order')).toEqual(new Map([['Pay', 3]]))
      const compensating = await world.engine.executions.count({ status: ['compensating'] })
      expect(compensating).toBe(3)
    })
  })

  describe('that stops', () => {
    test('ends what it has taken and refuses what is new', async () => {
      await open()
      const taken = ['o-1', 'o-2', 'o-3'].map(start)
      const lookedUp = Promise.all(taken.map((promise) => promise.then(({ created }) => created)))
      // A start first looks its flow up; the message is on its way after that.
      await Promise.resolve()
      const stopped = world.engine.stop(1_000)
      await expect(start('o-4')).rejects.toMatchObject({
        code: 'STOPPING',
        status: 503,
        retryAfterMs: expect.any(Number),
      })
      expect(await lookedUp).toEqual([true, true, true])
      await stopped
      expect(await world.store.countExecutions({})).toBe(3)
      expect(world.engine.stats().stopping).toBe(true)
    })

    test('takes results as long as they come', async () => {
      await open()
      await start('o-1')
      await world.lease()
      const stopped = world.engine.stop(1_000)
      expect(await world.answer('o-1:1', 'Reserved')).toEqual({ applied: true })
      await stopped
      await world.restart()
      expect(await world.lease()).toMatchObject([{ id: 'o-1:2', command: 'Pay' }])
    })

    test('answers polls, waits and whoever asks for work', async () => {
      await open()
      await start('o-1')
      const nothing = {
        worker: 'w1',
        commands: ['Nothing'],
        max: 1,
        waitMs: 50_000,
        leaseMs: 1_000,
      }
      const poll = world.engine.queue('shop').lease(nothing)
      const wait = world.engine.executions.waitUntilFinished('o-1', 50_000)
      await world.clock.advance(0)
      await world.engine.stop(1_000)
      expect(await poll).toEqual([])
      expect(await wait).toMatchObject({ id: 'o-1', status: 'waiting' })
      expect(await world.engine.queue('shop').lease(nothing)).toEqual([])
      expect(await world.engine.queue('never-seen').lease(nothing)).toEqual([])
    })

    test('fires no timers and leaves none behind in memory', async () => {
      await open()
      await world.engine.executions.start({ flow: 'clock', id: 'c-1' })
      await world.engine.stop(0)
      expect(world.clock.nextAt()).toBeUndefined()
      await world.clock.advance(120_000)
      expect((await world.store.readExecutions(['c-1'])).get('c-1')).toMatchObject({
        node: 'Ticking',
      })
    })

    test('may be stopped before it began, and twice', async () => {
      await open()
      await Promise.all([world.engine.stop(1_000), world.engine.stop(1_000)])
      await world.engine.stop(1_000)
      expect(world.engine.stats().inboundMessages).toBe(0)
    })
  })
})
