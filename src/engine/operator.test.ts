import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { evolve } from '../kernel/evolve/evolve.ts'
import type { Execution } from '../kernel/model/execution.ts'
import { orderFlow } from './test/flows.ts'
import { openEngine, storeKinds, type TestEngine } from './test/open-engine.ts'
import type { OperatorAct } from './engine.ts'

const operator = { actor: 'ada', reason: 'because' } as const
type Act = OperatorAct extends infer Each
  ? Each extends object
    ? Omit<Each, 'actor' | 'reason'>
    : never
  : never

describe.each(storeKinds)('people, on the %s store', (kind) => {
  let world: TestEngine

  beforeEach(async () => {
    world = await openEngine(kind)
    await world.publish(orderFlow)
    await world.engine.executions.start({ flow: 'order', id: 'o-1', input: { orderId: 'K1' } })
  })
  afterEach(() => world.close())

  const act = (what: Act) => world.engine.executions.act('o-1', { ...what, ...operator })
  const actsOf = async () =>
    (await world.engine.executions.journal('o-1', { after: 0, limit: 500 })).facts.flatMap(
      ({ fact }) => ('act' in fact && fact.act !== undefined ? [[fact.kind, fact.act]] : []),
    )

  test('cancel: what is pending is withdrawn, nothing is undone', async () => {
    await world.answer('o-1:1', 'Reserved')
    expect(await act({ kind: 'cancel' })).toMatchObject({ status: 'cancelled' })
    expect(await world.lease()).toEqual([])
    expect(await world.store.outboxChannels()).toEqual([])
    await expect(act({ kind: 'cancel' })).rejects.toMatchObject({ code: 'EXECUTION_FINISHED' })
    expect(await actsOf()).toEqual([['finished', operator]])
  })

  test('roll back, also what has ended', async () => {
    await world.answer('o-1:1', 'Reserved')
    await world.answer('o-1:2', 'Paid')
    expect(await act({ kind: 'roll-back' })).toMatchObject({ status: 'compensating' })
    expect(await world.lease()).toMatchObject([{ command: 'Refund' }])
    await world.accept('o-1:3')
    expect(await world.lease()).toMatchObject([{ command: 'Release' }])
    await world.accept('o-1:4')
    expect(await world.engine.executions.get('o-1')).toMatchObject({ status: 'rolled-back' })
    await expect(act({ kind: 'roll-back' })).rejects.toMatchObject({ code: 'NOTHING_TO_ROLL_BACK' })
  })

  test('pause and resume: events of the pause count at its end', async () => {
    await act({ kind: 'pause' })
    await expect(act({ kind: 'pause' })).rejects.toMatchObject({ code: 'ALREADY_PAUSED' })
    const { answer } = await world.engine.executions.applyEvent({
      executionId: 'o-1',
      event: 'Reserved',
    })
    expect(answer).toEqual({ applied: false, reason: 'kept' })
    await world.restart(30_000)
    expect(await act({ kind: 'resume' })).toMatchObject({ node: 'Pay', status: 'waiting' })
    expect(await actsOf()).toEqual([
      ['paused', operator],
      ['resumed', operator],
    ])
  })

  test('move', async () => {
    expect(await act({ kind: 'move', node: 'Pay' })).toMatchObject({ node: 'Pay' })
    expect(await world.lease()).toMatchObject([{ command: 'Pay' }])
    await expect(act({ kind: 'move', node: 'Nowhere' })).rejects.toMatchObject({
      code: 'NODE_UNKNOWN',
    })
  })

  test('skip a compensation that cannot be made, or have it tried again with other data', async () => {
    await world.answer('o-1:1', 'Reserved')
    await world.answer('o-1:2', 'Declined')
    await world.lease()
    await world.fail('o-1:3', false)
    expect(await world.engine.executions.get('o-1')).toMatchObject({ status: 'incident' })
    expect(await act({ kind: 'retry', data: { shelf: 8 } })).toMatchObject({
      status: 'compensating',
    })
    const [again] = await world.lease()
    expect(again).toMatchObject({ command: 'Release', data: { shelf: 8 } })
    await world.fail(again?.id ?? '', false)
    expect(await act({ kind: 'skip' })).toMatchObject({ status: 'rolled-back' })
    expect(await world.lease()).toEqual([])
    expect(await world.store.outboxChannels()).toEqual([])
  })

  test('retry and skip what needs neither, or nobody: they are told', async () => {
    await expect(act({ kind: 'skip' })).rejects.toMatchObject({ code: 'NOTHING_TO_SKIP' })
    await expect(act({ kind: 'resume' })).rejects.toMatchObject({ code: 'NOT_PAUSED' })
    await expect(
      world.engine.executions.act('nobody', { kind: 'cancel', ...operator }),
    ).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND' })
  })

  test('look at the journal in pages, and at the execution as it was at each fact', async () => {
    await world.answer('o-1:1', 'Reserved')
    await world.answer('o-1:2', 'Declined')
    const facts = []
    for (let after: number | undefined = 0; after !== undefined;) {
      const page: Awaited<ReturnType<typeof world.engine.executions.journal>> =
        await world.engine.executions.journal('o-1', { after, limit: 3 })
      facts.push(...page.facts)
      after = page.next
    }
    const stored = await world.engine.executions.get('o-1')
    expect(facts.map(({ sequence }) => sequence)).toEqual(facts.map((_, index) => index + 1))
    expect(facts).toHaveLength(stored.revision)
    let folded: Execution | undefined
    for (const { sequence, fact } of facts) {
      folded = evolve(folded, fact)
      expect(await world.engine.executions.asOf('o-1', sequence)).toEqual(folded)
    }
    expect(folded).toEqual(stored)
    expect(await world.engine.executions.asOf('o-1', stored.revision + 9)).toEqual(stored)
    await expect(world.engine.executions.asOf('nobody', 1)).rejects.toMatchObject({
      code: 'EXECUTION_NOT_FOUND',
    })
    await expect(
      world.engine.executions.journal('nobody', { after: 0, limit: 9 }),
    ).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND' })
  })
})
