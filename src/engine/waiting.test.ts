import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ExecutionChange } from './engine.ts'
import { clockFlow, orderFlow } from './test/flows.ts'
import { openEngine, storeKinds, type TestEngine } from './test/open-engine.ts'

describe.each(storeKinds)('who waits, on the %s store', (kind) => {
  let world: TestEngine

  beforeEach(async () => {
    world = await openEngine(kind)
    await world.publish(clockFlow)
    await world.publish(orderFlow)
    await world.engine.executions.start({ flow: 'clock', id: 'c-1' })
  })
  afterEach(() => world.close())

  const wait = (waitMs: number, signal?: AbortSignal) =>
    world.engine.executions.waitUntilFinished('c-1', waitMs, signal)
  const stop = () => world.engine.executions.applyEvent({ executionId: 'c-1', event: 'Stop' })

  describe('for an end', () => {
    test('has it at once when it is there already', async () => {
      await stop()
      expect(await wait(50_000)).toMatchObject({ status: 'completed', node: 'Stopped' })
      await world.restart()
      expect(await wait(50_000)).toMatchObject({ status: 'completed', node: 'Stopped' })
    })

    test('has it when it comes', async () => {
      const waits = [wait(50_000), wait(50_000), wait(50_000)]
      await world.clock.advance(10_000)
      const { execution } = await stop()
      expect(await Promise.all(waits)).toEqual([execution, execution, execution])
    })

    test('sees the end that falls between asking and reading', async () => {
      const [waited, stopped] = await Promise.all([wait(50_000), stop()])
      expect(waited).toEqual(stopped.execution)
    })

    test('has the execution as it is when the time is over', async () => {
      const waited = wait(60_000)
      await world.clock.advance(60_000)
      expect(await waited).toMatchObject({ status: 'waiting' })
      expect(await wait(0), 'no wait at all').toMatchObject({ status: 'waiting' })
    })

    test('is let go when the caller has gone', async () => {
      const caller = new AbortController()
      const waited = wait(50_000, caller.signal)
      await world.clock.advance(1)
      caller.abort()
      expect(await waited).toMatchObject({ status: 'waiting' })
      expect(await wait(50_000, AbortSignal.abort())).toMatchObject({ status: 'waiting' })
    })

    test('of nobody is refused, and leaves nothing behind', async () => {
      const before = world.clock.nextAt()
      await expect(
        world.engine.executions.waitUntilFinished('nobody', 50_000),
      ).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND' })
      expect(world.clock.nextAt()).toBe(before)
    })
  })

  describe('for changes', () => {
    test('is told of each, after it is stored', async () => {
      const changes: ExecutionChange[] = []
      const end = world.engine.subscribe((change) => changes.push(change))
      await world.engine.executions.start({ flow: 'order', id: 'o-1', input: { orderId: 'K1' } })
      await world.answer('o-1:1', 'Reserved')
      await world.answer('o-1:2', 'Paid')
      end()
      await stop()
      expect(
        changes.map(({ execution, created, finished, incidentChanged }) => [
          execution.node,
          created,
          finished,
          incidentChanged,
        ]),
      ).toEqual([
        ['Reserve', true, false, false],
        ['Pay', false, false, false],
        ['Done', false, true, false],
      ])
    })

    test('is told of incidents', async () => {
      await world.publish(orderFlow.replace('channel: shop', 'channel: shop\nonFailure: incident'))
      await world.engine.executions.start({ flow: 'order', id: 'o-1', input: { orderId: 'K1' } })
      const changes: boolean[] = []
      world.engine.subscribe(({ incidentChanged }) => changes.push(incidentChanged))
      await world.fail('o-1:1', false)
      const operator = { actor: 'ada', reason: 'it is back' }
      await world.engine.executions.act('o-1', { kind: 'retry', ...operator })
      await world.answer('o-1:1', 'Reserved')
      expect(changes).toEqual([true, true, false])
    })

    test('and throws, stops nobody else', async () => {
      let told = 0
      world.engine.subscribe(() => {
        throw new Error('the onlooker has fallen')
      })
      world.engine.subscribe(() => {
        told += 1
      })
      await stop()
      expect(told).toBe(1)
      expect(world.errors).toEqual(['a listener failed'])
      expect(await wait(0)).toMatchObject({ status: 'completed' })
    })
  })
})
