import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clockFlow, orderFlow } from './test/flows.ts'
import { openEngine, storeKinds, type TestEngine } from './test/open-engine.ts'

const uniqueFlow = orderFlow.replace('key:', 'unique: true\nkey:')

describe.each(storeKinds)('starts on the %s store', (kind) => {
  let world: TestEngine

  beforeEach(async () => {
    world = await openEngine(kind)
    await world.publish(uniqueFlow)
    await world.publish(clockFlow)
  })
  afterEach(() => world.close())

  const order = (id: string | undefined, orderId: string) =>
    world.engine.executions.start({
      flow: 'order',
      ...(id === undefined ? {} : { id }),
      input: { orderId },
    })

  test('a start is durable when it is answered, with its command', async () => {
    const { execution, created } = await order('o-1', 'K1')
    expect(created).toBe(true)
    expect(execution).toMatchObject({ id: 'o-1', key: 'K1', status: 'waiting', node: 'Reserve' })
    expect((await world.store.readExecutions(['o-1'])).get('o-1')).toEqual(execution)
    expect(await world.lease()).toMatchObject([{ id: 'o-1:1', command: 'Reserve', key: 'K1' }])
  })

  test('the same id again is the same execution, and changes nothing', async () => {
    const first = await order('o-1', 'K1')
    const again = await order('o-1', 'K2')
    expect(again).toEqual({ execution: first.execution, created: false })
    await world.restart()
    expect(await order('o-1', 'K1')).toEqual({ execution: first.execution, created: false })
    expect(
      (await world.engine.executions.journal('o-1', { after: 0, limit: 100 })).facts,
    ).toHaveLength(first.execution.revision)
  })

  test('the same id many times in one turn is one execution', async () => {
    const answers = await Promise.all(['K1', 'K2', 'K3'].map((key) => order('o-1', key)))
    expect(answers.map(({ created }) => created)).toEqual([true, false, false])
    expect(new Set(answers.map(({ execution }) => execution.key))).toEqual(new Set(['K1']))
    expect(await world.engine.executions.count({})).toBe(1)
  })

  test('the same id gives the first answer even if it would be refused today', async () => {
    const { execution } = await order('o-1', 'K1')
    const keyless = await world.engine.executions.start({ flow: 'order', id: 'o-1', input: {} })
    expect(keyless).toEqual({ execution, created: false })
    await world.engine.flows.setStatus('order', 'paused')
    expect(await order('o-1', 'K1')).toEqual({ execution, created: false })
    await expect(order('o-2', 'K2')).rejects.toMatchObject({ code: 'FLOW_PAUSED' })
    await expect(order(undefined, 'K2')).rejects.toMatchObject({ code: 'FLOW_PAUSED' })
  })

  test('an id of another flow is refused', async () => {
    await order('o-1', 'K1')
    await expect(world.engine.executions.start({ flow: 'clock', id: 'o-1' })).rejects.toMatchObject(
      { code: 'EXECUTION_EXISTS' },
    )
    await world.restart()
    await expect(world.engine.executions.start({ flow: 'clock', id: 'o-1' })).rejects.toMatchObject(
      { code: 'EXECUTION_EXISTS' },
    )
  })

  test('without an id each is another, and the ids grow', async () => {
    const ids: string[] = []
    for (let n = 0; n < 5; n += 1) {
      ids.push((await order(undefined, `K${n}`)).execution.id)
      await world.clock.advance(1)
    }
    expect(new Set(ids).size).toBe(5)
    expect(ids.toSorted()).toEqual(ids)
  })

  test('a unique key belongs to one unfinished execution, and is free after its end', async () => {
    await order('o-1', 'K1')
    await expect(order('o-2', 'K1')).rejects.toMatchObject({ code: 'KEY_TAKEN' })
    await expect(world.engine.executions.get('o-2')).rejects.toMatchObject({
      code: 'EXECUTION_NOT_FOUND',
    })
    await world.restart()
    await expect(order('o-2', 'K1')).rejects.toMatchObject({ code: 'KEY_TAKEN' })
    await world.answer('o-1:1', 'NothingLeft')
    expect(await order('o-2', 'K1')).toMatchObject({ created: true })
    expect(await world.engine.executions.resolveKey('order', 'K1')).toBe('o-2')
  })

  test('of two starts with a unique key in one turn the first has it', async () => {
    const [first, second] = await Promise.allSettled([order('o-1', 'K1'), order('o-2', 'K1')])
    expect(first).toMatchObject({ status: 'fulfilled' })
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'KEY_TAKEN' } })
  })

  test('a finished execution cannot take its unique key back from another', async () => {
    await order('o-1', 'K1')
    await world.answer('o-1:1', 'Reserved')
    await world.answer('o-1:2', 'Paid')
    await order('o-2', 'K1')
    const rollBack = { kind: 'roll-back', actor: 'ada', reason: 'recalled' } as const
    await expect(world.engine.executions.act('o-1', rollBack)).rejects.toMatchObject({
      code: 'KEY_TAKEN',
    })
    expect(await world.engine.executions.get('o-1')).toMatchObject({ status: 'completed' })
    await world.answer('o-2:1', 'NothingLeft')
    expect(await world.engine.executions.act('o-1', rollBack)).toMatchObject({
      status: 'compensating',
    })
  })

  test('a refused start leaves nothing, and its id is free', async () => {
    await expect(
      world.engine.executions.start({ flow: 'order', id: 'o-1', input: {} }),
    ).rejects.toMatchObject({ code: 'KEY_INVALID' })
    await expect(
      world.engine.executions.start({ flow: 'nothing', id: 'o-1' }),
    ).rejects.toMatchObject({ code: 'FLOW_NOT_FOUND' })
    await expect(
      world.engine.executions.start({ flow: 'order', version: 7, id: 'o-1' }),
    ).rejects.toMatchObject({ code: 'FLOW_VERSION_NOT_FOUND' })
    expect(await order('o-1', 'K1')).toMatchObject({ created: true })
  })

  test('what follows a refused start in the same turn is decided for itself', async () => {
    const [refused, event] = await Promise.allSettled([
      world.engine.executions.start({ flow: 'order', id: 'o-1', input: {} }),
      world.engine.executions.applyEvent({ executionId: 'o-1', event: 'Reserved' }),
    ])
    expect(refused).toMatchObject({ reason: { code: 'KEY_INVALID' } })
    expect(event).toMatchObject({ reason: { code: 'EXECUTION_NOT_FOUND' } })
    const [again, good] = await Promise.allSettled([
      world.engine.executions.start({ flow: 'order', id: 'o-1', input: {} }),
      order('o-1', 'K1'),
    ])
    expect(good).toMatchObject({ value: { created: true } })
    expect(again, 'looked up by then').toMatchObject({ value: { created: false } })
  })

  test('an execution stays on the version that it began with', async () => {
    await order('o-1', 'K1')
    await world.publish(uniqueFlow.replace('Reserved: Pay', 'Reserved: Done'))
    await order('o-2', 'K2')
    await world.restart()
    await world.answer('o-1:1', 'Reserved')
    await world.answer('o-2:1', 'Reserved')
    expect(await world.engine.executions.get('o-1')).toMatchObject({ version: 1, node: 'Pay' })
    expect(await world.engine.executions.get('o-2')).toMatchObject({ version: 2, node: 'Done' })
  })
})
