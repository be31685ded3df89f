import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { replay } from '../kernel/evolve/evolve.ts'
import { isFinished } from '../kernel/model/execution.ts'
import { clockFlow, orderFlow } from './test/flows.ts'
import { openEngine, storeKinds, type TestEngine } from './test/open-engine.ts'

const unavailable = { code: 'STORE_UNAVAILABLE', status: 503 }

describe.each(storeKinds)('a %s store that fails', (kind) => {
  let world: TestEngine

  beforeEach(async () => {
    world = await openEngine(kind)
    await world.publish(orderFlow)
    await world.publish(clockFlow)
  })
  afterEach(() => world.close())

  const start = (id: string) =>
    world.engine.executions.start({ flow: 'order', id, input: { orderId: id } })
  const factsOf = async (id: string) =>
    (await world.engine.executions.journal(id, { after: 0, limit: 500 })).facts.map(
      ({ fact }) => fact,
    )

  describe('before it has stored', () => {
    test('a start is refused, nothing of it is there, and it may come again', async () => {
      world.faults.failCommits(1, 'before')
      await expect(start('o-1')).rejects.toMatchObject(unavailable)
      await expect(world.engine.executions.get('o-1')).rejects.toMatchObject({
        code: 'EXECUTION_NOT_FOUND',
      })
      expect(await world.lease()).toEqual([])
      expect(await start('o-1')).toMatchObject({ created: true })
      expect(await world.lease()).toMatchObject([{ id: 'o-1:1' }])
      expect(world.errors).toEqual(['commit failed'])
    })

    test('all of the turn are told', async () => {
      await start('o-1')
      world.faults.failCommits(1, 'before')
      const results = await Promise.allSettled([
        start('o-2'),
        world.engine.executions.applyEvent({ executionId: 'o-1', event: 'Reserved' }),
        start('o-3'),
      ])
      for (const result of results) expect(result).toMatchObject({ reason: unavailable })
      expect(await world.engine.executions.get('o-1')).toMatchObject({ node: 'Reserve' })
      const event = { executionId: 'o-1', event: 'Reserved' }
      expect((await world.engine.executions.applyEvent(event)).execution.revision).toBe(
        (await factsOf('o-1')).length,
      )
    })

    test('a result is refused, and its command comes again', async () => {
      await start('o-1')
      await world.lease()
      world.faults.failCommits(1, 'before')
      await expect(world.answer('o-1:1', 'Reserved')).rejects.toMatchObject(unavailable)
      expect(await world.lease()).toMatchObject([{ id: 'o-1:1', attempt: 2 }])
      expect(await world.answer('o-1:1', 'Reserved')).toEqual({ applied: true })
    })
  })

  describe('after it has stored', () => {
    test('a start that comes again is there, and its command and timer are not lost', async () => {
      world.faults.failCommits(1, 'after')
      await expect(start('o-1')).rejects.toMatchObject(unavailable)
      expect(await start('o-1')).toMatchObject({ created: false })
      expect(await world.lease()).toEqual([])
      await world.clock.advance(1_000)
      expect(await world.lease()).toMatchObject([{ id: 'o-1:1' }])
      await world.clock.advance(9_000)
      expect(await world.engine.executions.get('o-1')).toMatchObject({ status: 'compensating' })
    })

    test('a message that comes again has its answer and no second effect', async () => {
      await start('o-1')
      world.faults.failCommits(1, 'after')
      const event = { executionId: 'o-1', event: 'Reserved', messageId: 'm1' }
      await expect(world.engine.executions.applyEvent(event)).rejects.toMatchObject(unavailable)
      expect((await world.engine.executions.applyEvent(event)).answer).toEqual({ applied: true })
      expect(await world.engine.executions.get('o-1')).toMatchObject({ node: 'Pay' })
      await world.clock.advance(1_000)
      expect((await world.lease()).map(({ id }) => id)).toContain('o-1:2')
    })

    test('a result that comes again is late, and the flow has gone on', async () => {
      await start('o-1')
      await world.lease()
      world.faults.failCommits(1, 'after')
      await expect(world.answer('o-1:1', 'Reserved')).rejects.toMatchObject(unavailable)
      expect(await world.answer('o-1:1', 'Reserved')).toEqual({ applied: false, reason: 'late' })
      await world.clock.advance(1_000)
      expect(await world.lease()).toMatchObject([{ id: 'o-1:2' }])
      expect(world.engine.channels()).toMatchObject([{ held: 1 }])
    })
  })

  test('that cannot be read refuses what needs reading', async () => {
    await start('o-1')
    await world.restart()
    world.faults.failReads(1)
    const event = { executionId: 'o-1', event: 'Reserved' }
    await expect(world.engine.executions.applyEvent(event)).rejects.toMatchObject(unavailable)
    expect((await world.engine.executions.applyEvent(event)).answer).toEqual({ applied: true })
  })

  test('when the outbox is read is asked again', async () => {
    await start('o-1')
    const windowed = await openEngine(kind, { windowCommands: 1 })
    await windowed.publish(orderFlow)
    for (const id of ['o-1', 'o-2']) {
      await windowed.engine.executions.start({ flow: 'order', id, input: { orderId: id } })
    }
    await windowed.lease()
    windowed.faults.failReads(1)
    await windowed.accept('o-1:1')
    expect(await windowed.lease()).toEqual([])
    expect(windowed.errors).toEqual(['outbox cannot be read'])
    await windowed.clock.advance(1_000)
    expect(await windowed.lease()).toMatchObject([{ id: 'o-2:1' }])
    await windowed.close()
  })
})

describe.each(['before', 'after'] as const)('whichever commit fails, %s it is stored', (when) => {
  test.each(storeKinds)('an order ends as it should, on the %s store', async (kind) => {
    let commits = 0
    for (let failing = 1; failing === 1 || failing <= commits; failing += 1) {
      const world = await openEngine(kind)
      await world.publish(orderFlow)
      const fail = (): void => {
        if (world.faults.commits() === failing) world.faults.failCommits(1, when)
      }
      world.faults.beforeCommit(() => Promise.resolve(fail()))
      await untilDone(() =>
        world.engine.executions.start({ flow: 'order', id: 'o-1', input: { orderId: 'K1' } }),
      )
      await workUntilFinished(world)
      commits = world.faults.commits()
      const stored = await world.engine.executions.get('o-1')
      expect(stored, `commit ${failing} failed`).toMatchObject({ status: 'rolled-back' })
      const { facts } = await world.engine.executions.journal('o-1', { after: 0, limit: 500 })
      expect(replay(facts.map(({ fact }) => fact))).toEqual(stored)
      expect(await world.store.outboxChannels()).toEqual([])
      expect(await world.store.nextWakeAt()).toBeUndefined()
      await world.close()
    }
    expect(commits).toBeGreaterThanOrEqual(4)
  })
})

/** Reserves, is declined, and releases: whatever fails is done again by those who did it. */
async function workUntilFinished(world: TestEngine): Promise<void> {
  const events: Record<string, string> = { Reserve: 'Reserved', Pay: 'Declined' }
  for (let round = 0; round < 50; round += 1) {
    if (isFinished(await world.engine.executions.get('o-1'))) return
    for (const { id, command } of await world.lease()) {
      const event = events[command]
      await untilDone(() => (event === undefined ? world.accept(id) : world.answer(id, event)))
    }
    await world.clock.advance(500)
  }
}

async function untilDone(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const error: unknown = await work().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error === undefined) return
    expect(error).toMatchObject(unavailable)
  }
}
