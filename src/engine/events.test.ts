import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clockFlow, orderFlow } from './test/flows.ts'
import { openEngine, storeKinds, type TestEngine } from './test/open-engine.ts'

describe.each(storeKinds)('events on the %s store', (kind) => {
  let world: TestEngine

  beforeEach(async () => {
    world = await openEngine(kind)
    await world.publish(orderFlow)
    await world.publish(clockFlow)
    await world.engine.executions.start({ flow: 'order', id: 'o-1', input: { orderId: 'K1' } })
  })
  afterEach(() => world.close())

  const send = (event: string, messageId?: string, data: object = {}) =>
    world.engine.executions.applyEvent({
      executionId: 'o-1',
      event,
      data: { ...data },
      ...(messageId === undefined ? {} : { messageId }),
    })
  const journal = () => world.engine.executions.journal('o-1', { after: 0, limit: 500 })

  test('an event is applied when it is answered', async () => {
    const { answer, execution } = await send('Reserved', undefined, { shelf: 7 })
    expect(answer).toEqual({ applied: true })
    expect(execution).toMatchObject({ node: 'Pay', state: { orderId: 'K1', shelf: 7 } })
    expect(await world.engine.executions.get('o-1')).toEqual(execution)
  })

  test('the same message again has the first answer and no effect', async () => {
    const first = await send('Reserved', 'm1')
    const { facts } = await journal()
    expect(await send('Reserved', 'm1')).toMatchObject({ answer: first.answer })
    expect(await send('Declined', 'm1')).toMatchObject({ answer: first.answer })
    expect((await journal()).facts).toEqual(facts)
  })

  test('also within one turn', async () => {
    const answers = await Promise.all(['m1', 'm1', 'm2'].map((id) => send('Reserved', id)))
    expect(answers.map(({ answer }) => answer)).toEqual([
      { applied: true },
      { applied: true },
      { applied: false, reason: 'late' },
    ])
    const { facts } = await journal()
    expect(facts.filter(({ fact }) => fact.kind === 'event-applied')).toHaveLength(1)
  })

  test('also after a restart, and of an execution that has ended', async () => {
    await send('Reserved', 'm1')
    await send('Paid', 'm2')
    const late = await send('Paid', 'm3')
    expect(late.answer).toEqual({ applied: false, reason: 'finished' })
    await world.restart()
    expect((await send('Reserved', 'm1')).answer).toEqual({ applied: true })
    expect((await send('Paid', 'm2')).answer).toEqual({ applied: true })
    expect((await send('Paid', 'm3')).answer).toEqual(late.answer)
  })

  test('also after a crash', async () => {
    await send('Reserved', 'm1')
    await world.crash()
    expect((await send('Reserved', 'm1')).answer).toEqual({ applied: true })
    expect(await world.engine.executions.get('o-1')).toMatchObject({ node: 'Pay' })
  })

  test('ids of messages belong to their execution', async () => {
    await world.engine.executions.start({ flow: 'order', id: 'o-2', input: { orderId: 'K2' } })
    const both = await Promise.all(
      ['o-1', 'o-2'].map((executionId) =>
        world.engine.executions.applyEvent({ executionId, event: 'Reserved', messageId: 'm1' }),
      ),
    )
    expect(both.map(({ answer }) => answer)).toEqual([{ applied: true }, { applied: true }])
  })

  test('events of one turn are decided in the order in which they came', async () => {
    const answers = await Promise.all([
      send('Paid'),
      send('Reserved'),
      send('Reserved'),
      send('Paid'),
    ])
    expect(answers.map(({ answer }) => answer)).toEqual([
      { applied: false, reason: 'early' },
      { applied: true },
      { applied: false, reason: 'late' },
      { applied: true },
    ])
    expect(await world.engine.executions.get('o-1')).toMatchObject({ status: 'completed' })
    expect(world.faults.commits(), 'one for the start, one for all of these').toBe(2)
  })

  test('a rejected event throws its code, and only the rejection is remembered', async () => {
    await world.publish(orderFlow.replace('channel: shop', 'channel: shop\nunexpected: reject'))
    await world.engine.executions.start({ flow: 'order', id: 'o-2', input: { orderId: 'K2' } })
    const unexpected = { executionId: 'o-2', event: 'Paid', messageId: 'm1' }
    for (let n = 0; n < 2; n += 1) {
      await expect(world.engine.executions.applyEvent(unexpected)).rejects.toMatchObject({
        code: 'EVENT_UNEXPECTED',
      })
    }
    await world.answer('o-2:1', 'Reserved')
    // It was refused, not answered, so it may come again when it is expected.
    expect((await world.engine.executions.applyEvent(unexpected)).answer).toEqual({ applied: true })
  })

  test('an event for nobody is refused', async () => {
    const lost = world.engine.executions.applyEvent({ executionId: 'o-9', event: 'Reserved' })
    await expect(lost).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND' })
    await expect(world.engine.executions.resolveKey('order', 'K9')).rejects.toMatchObject({
      code: 'EXECUTION_NOT_FOUND',
    })
    await expect(world.engine.executions.resolveKey('nothing', 'K1')).rejects.toMatchObject({
      code: 'FLOW_NOT_FOUND',
    })
  })

  test('the answer to a command counts once, by whichever way it comes', async () => {
    expect(await world.answer('o-1:1', 'Reserved')).toEqual({ applied: true })
    expect(await world.answer('o-1:1', 'Reserved')).toEqual({ applied: false, reason: 'late' })
    expect(await world.answer('o-1:1', 'NothingLeft')).toEqual({ applied: false, reason: 'late' })
    expect(await world.accept('o-1:1')).toEqual({ applied: false, reason: 'stale' })
    expect(await world.fail('o-1:1')).toEqual({ applied: false, reason: 'stale' })
    expect(await world.engine.executions.get('o-1')).toMatchObject({ node: 'Pay' })
  })

  test('results of what is not there are answered, not refused', async () => {
    for (const id of ['o-9:1', 'nonsense', ':', '']) {
      expect(await world.answer(id, 'Reserved')).toEqual({
        applied: false,
        reason: 'EXECUTION_NOT_FOUND',
      })
    }
    expect(await world.answer('o-1:77', 'Reserved')).toEqual({ applied: false, reason: 'late' })
  })
})
