import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clockFlow } from './test/flows.ts'
import { openEngine, storeKinds, type TestEngine } from './test/open-engine.ts'

const minuteMs = 60_000
const operator = { actor: 'ada', reason: 'because' } as const

describe.each(storeKinds)('timers on the %s store', (kind) => {
  let world: TestEngine

  beforeEach(async () => {
    world = await openEngine(kind)
    await world.publish(clockFlow)
  })
  afterEach(() => world.close())

  const start = (id: string) => world.engine.executions.start({ flow: 'clock', id })
  const nodeOf = async (id: string) => (await world.engine.executions.get(id)).node
  const fired = async (id: string) =>
    (await world.engine.executions.journal(id, { after: 0, limit: 500 })).facts.flatMap(
      ({ fact }) => (fact.kind === 'timer-fired' ? [fact.at] : []),
    )

  test('fire at their time, not before', async () => {
    await start('c-1')
    const at = world.clock.now() + minuteMs
    await world.clock.advance(minuteMs - 1)
    expect(await nodeOf('c-1')).toBe('Ticking')
    await world.clock.advance(1)
    expect(await nodeOf('c-1')).toBe('Rang')
    expect(await fired('c-1')).toEqual([at])
  })

  test('of a node that was left do not fire', async () => {
    await start('c-1')
    await world.engine.executions.applyEvent({ executionId: 'c-1', event: 'Stop' })
    await world.clock.advance(10 * minuteMs)
    expect(await fired('c-1')).toEqual([])
    expect(await world.store.nextWakeAt()).toBeUndefined()
  })

  test('fire in the order of their times, whichever was set first', async () => {
    await start('late')
    await world.clock.advance(20_000)
    await start('later')
    await world.clock.advance(39_999)
    expect([await nodeOf('late'), await nodeOf('later')]).toEqual(['Ticking', 'Ticking'])
    await world.clock.advance(1)
    expect([await nodeOf('late'), await nodeOf('later')]).toEqual(['Rang', 'Ticking'])
    expect(world.engine.stats().nextWakeAt).toBe(world.clock.now() + 20_000)
    await world.clock.advance(20_000)
    expect([await nodeOf('late'), await nodeOf('later')]).toEqual(['Rang', 'Rang'])
  })

  test('set earlier than the one that is waited for fire first', async () => {
    await world.publish(clockFlow.replace('saga: clock', 'saga: slow').replace('1m', '1h'))
    await world.engine.executions.start({ flow: 'slow', id: 's-1' })
    await start('c-1')
    await world.clock.advance(minuteMs)
    expect(await nodeOf('c-1')).toBe('Rang')
    expect(await nodeOf('s-1')).toBe('Ticking')
  })

  test('survive a restart and a crash, and fire once', async () => {
    await start('c-1')
    await start('c-2')
    const at = world.clock.now() + minuteMs
    await world.restart(30_000)
    await world.crash(20_000)
    await world.clock.advance(10 * minuteMs)
    for (const id of ['c-1', 'c-2']) expect(await fired(id)).toEqual([at])
  })

  test('due while nobody was there fire as soon as somebody is', async () => {
    await start('c-1')
    await world.restart(10 * minuteMs)
    expect(await nodeOf('c-1')).toBe('Rang')
    expect(await fired('c-1')).toEqual([world.clock.now()])
    await start('c-2')
    await world.crash(10 * minuteMs)
    expect(await nodeOf('c-2')).toBe('Rang')
  })

  test('further away than the longest timeout of the machine are waited for', async () => {
    await start('c-1')
    await world.clock.advance(minuteMs)
    await world.clock.advance(999 * 24 * 3_600_000)
    expect(await nodeOf('c-1')).toBe('Rang')
    await world.clock.advance(24 * 3_600_000)
    expect(await nodeOf('c-1')).toBe('Stopped')
  })

  test('of a paused execution sleep, over a restart too, and fire when it is resumed', async () => {
    await start('c-1')
    await world.engine.executions.act('c-1', { kind: 'pause', ...operator })
    await world.clock.advance(10 * minuteMs)
    await world.restart(10 * minuteMs)
    expect(await world.engine.executions.get('c-1')).toMatchObject({ status: 'paused' })
    expect(await fired('c-1')).toEqual([])
    await world.engine.executions.act('c-1', { kind: 'resume', ...operator })
    await world.clock.advance(0)
    expect(await nodeOf('c-1')).toBe('Rang')
    expect(await fired('c-1')).toEqual([world.clock.now()])
  })

  test('that are many and due together all fire', async () => {
    const ids = Array.from({ length: 1_300 }, (_, n) => `c-${n}`)
    await Promise.all(ids.map(start))
    await world.clock.advance(minuteMs)
    await world.clock.advance(0)
    expect(await world.engine.flows.nodeCounts('clock')).toEqual(new Map([['Rang', 1_300]]))
    expect(world.engine.stats().inboundMessages).toBe(0)
  })

  test('are tried again when the store was away', async () => {
    await start('c-1')
    world.faults.failReads(1)
    await world.clock.advance(minuteMs)
    expect(await nodeOf('c-1')).toBe('Ticking')
    expect(world.errors).toEqual(['timers cannot be read'])
    await world.clock.advance(1_000)
    expect(await nodeOf('c-1')).toBe('Rang')
    world.faults.failCommits(1, 'before')
    await start('c-2').catch(() => {})
    await start('c-2')
    world.faults.failCommits(1, 'before')
    await world.clock.advance(minuteMs)
    expect(await nodeOf('c-2')).toBe('Ticking')
    await world.clock.advance(1_000)
    expect(await nodeOf('c-2')).toBe('Rang')
  })
})
