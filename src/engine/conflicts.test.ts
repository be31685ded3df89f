import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { replay } from '../kernel/evolve/evolve.ts'
import type { Engine } from './engine.ts'
import { clockFlow, orderFlow } from './test/flows.ts'
import { openEngine, storeKinds, type TestEngine } from './test/open-engine.ts'

describe.each(storeKinds)('two engines on one %s store', (kind) => {
  let world: TestEngine
  let other: Engine

  beforeEach(async () => {
    world = await openEngine(kind)
    await world.publish(clockFlow)
    await world.publish(orderFlow.replace('key:', 'unique: true\nkey:'))
    other = await world.openAnother()
  })
  afterEach(() => world.close())

  const factsOf = async (id: string) =>
    (await world.engine.executions.journal(id, { after: 0, limit: 500 })).facts.map(
      ({ fact }) => fact,
    )

  test('both write to one execution, and nothing is lost or done twice', async () => {
    await world.engine.executions.start({ flow: 'clock', id: 'c-1' })
    const rounds = 20
    for (let n = 0; n < rounds; n += 1) {
      const answers = await Promise.all(
        [world.engine, other].map((engine, who) =>
          engine.executions.applyEvent({
            executionId: 'c-1',
            event: 'Note',
            data: { [`${who}-${n}`]: true },
          }),
        ),
      )
      expect(answers.map(({ answer }) => answer)).toEqual([{ applied: true }, { applied: true }])
    }
    const stored = await other.executions.get('c-1')
    expect(Object.keys(stored.state)).toHaveLength(2 * rounds)
    expect(replay(await factsOf('c-1'))).toEqual(stored)
  })

  test('one message sent to both is applied once, and both have the same answer', async () => {
    await world.engine.executions.start({ flow: 'clock', id: 'c-1' })
    const message = { executionId: 'c-1', event: 'Note', messageId: 'm1' }
    const answers = await Promise.all(
      [world.engine, other].map((engine) => engine.executions.applyEvent(message)),
    )
    expect(answers.map(({ answer }) => answer)).toEqual([{ applied: true }, { applied: true }])
    const applied = (await factsOf('c-1')).filter(({ kind: fact }) => fact === 'event-applied')
    expect(applied).toHaveLength(1)
  })

  test('one id started at both is one execution', async () => {
    const answers = await Promise.all(
      [world.engine, other].map((engine) => engine.executions.start({ flow: 'clock', id: 'c-1' })),
    )
    expect(answers.filter(({ created }) => created)).toHaveLength(1)
    expect(answers[0]?.execution).toEqual(answers[1]?.execution)
  })

  test('a unique key started at both belongs to one', async () => {
    const input = { orderId: 'K1' }
    const results = await Promise.allSettled([
      world.engine.executions.start({ flow: 'order', id: 'o-1', input }),
      other.executions.start({ flow: 'order', id: 'o-2', input }),
    ])
    const refused = results.filter(({ status }) => status === 'rejected')
    expect(refused).toMatchObject([{ reason: { code: 'KEY_TAKEN' } }])
  })

  test('a timer that both see fires once', async () => {
    await world.engine.executions.start({ flow: 'clock', id: 'c-1' })
    other = await world.openAnother()
    await world.clock.advance(120_000)
    const fired = (await factsOf('c-1')).filter(({ kind: fact }) => fact === 'timer-fired')
    expect(fired).toHaveLength(1)
  })

  test('a command that both hand out is answered once', async () => {
    await world.engine.executions.start({ flow: 'order', id: 'o-1', input: { orderId: 'K1' } })
    const third = await world.openAnother()
    const request = { worker: 'w1', max: 10, waitMs: 0, leaseMs: 1_000 }
    await world.clock.advance(0)
    const [one] = await world.engine.queue('shop').lease(request)
    const [same] = await third.queue('shop').lease(request)
    expect([one?.id, same?.id]).toEqual(['o-1:1', 'o-1:1'])
    const report = { kind: 'event', commandId: 'o-1:1', event: 'Reserved', data: {} } as const
    const answers = await Promise.all(
      [world.engine, third].map((engine) => engine.queue('shop').settle([report])),
    )
    expect(answers.flat().toSorted((a, b) => Number(b.applied) - Number(a.applied))).toEqual([
      { applied: true },
      { applied: false, reason: 'late' },
    ])
    expect(await world.engine.executions.get('o-1')).toMatchObject({ node: 'Pay' })
  })

  test('one that always comes second is told, instead of trying for ever', async () => {
    await world.engine.executions.start({ flow: 'clock', id: 'c-1' })
    const note = { executionId: 'c-1', event: 'Note' }
    world.faults.beforeCommit(async () => {
      await other.executions.applyEvent(note)
    })
    await expect(world.engine.executions.applyEvent(note)).rejects.toMatchObject({ code: 'BUSY' })
    expect(world.faults.commits()).toBeGreaterThan(10)
    world.faults.beforeCommit(() => Promise.resolve())
    expect((await world.engine.executions.applyEvent(note)).answer).toEqual({ applied: true })
  })
})
