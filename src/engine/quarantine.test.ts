import { afterEach, describe, expect, test } from 'vitest'
import { limits } from '../kernel/limits.ts'
import { clockFlow } from './test/flows.ts'
import { openEngine, storeKinds, type TestEngine } from './test/open-engine.ts'

/** Compiles only where the configuration exposes MODE. */
const modeFlow = `saga: moody
channel: shop
states:
  Ticking:
    send: Tick
    on: { Stop: Stopped, Ticked: { if: "env.MODE == 'on'", to: Stopped } }
    after: { 1m: Stopped }
  Stopped: { final: success }
`
const quarantined = { code: 'EXECUTION_QUARANTINED' }

describe.each(storeKinds)('a version that no longer compiles, on the %s store', (kind) => {
  let world: TestEngine
  let isExposed = true

  async function open(): Promise<void> {
    isExposed = true
    world = await openEngine(kind, {
      compileContext: () => (isExposed ? { env: { MODE: 'on' } } : { env: {} }),
    })
    await world.publish(modeFlow)
    await world.publish(clockFlow)
  }
  afterEach(() => world.close())

  const start = (flow: string, id: string) => world.engine.executions.start({ flow, id })
  const nodeOf = async (id: string) => (await world.engine.executions.get(id)).node

  test('holds up its own executions, and nobody else', async () => {
    await open()
    await start('moody', 'm-1')
    await start('clock', 'c-1')
    isExposed = false
    await world.restart()
    const [stuck, free] = await Promise.allSettled(
      ['m-1', 'c-1'].map((executionId) =>
        world.engine.executions.applyEvent({ executionId, event: 'Stop' }),
      ),
    )
    expect(stuck).toMatchObject({ reason: quarantined })
    expect(free).toMatchObject({ value: { answer: { applied: true } } })
    await expect(start('moody', 'm-2')).rejects.toMatchObject({ code: 'FLOW_INVALID' })
    expect(await nodeOf('m-1'), 'it can be looked at').toBe('Ticking')
    expect(
      (await world.engine.executions.journal('m-1', { after: 0, limit: 9 })).facts,
    ).not.toEqual([])
  })

  test('lets them go on where they stood when it compiles again', async () => {
    await open()
    await start('moody', 'm-1')
    isExposed = false
    await world.restart()
    expect(await world.lease()).toMatchObject([{ id: 'm-1:1' }])
    expect(await world.answer('m-1:1', 'Ticked')).toEqual({
      applied: false,
      reason: 'EXECUTION_QUARANTINED',
    })
    isExposed = true
    await world.restart()
    expect(await world.lease(), 'its answer was not taken').toMatchObject([{ id: 'm-1:1' }])
    expect(await world.answer('m-1:1', 'Ticked')).toEqual({ applied: true })
    expect(await nodeOf('m-1')).toBe('Stopped')
  })

  test('lets the timers of others fire, however many of its own are due', async () => {
    await open()
    const stuck = Array.from({ length: 700 }, (_, n) => `m-${n}`)
    await Promise.all(stuck.map((id) => start('moody', id)))
    await world.clock.advance(1_000)
    await start('clock', 'c-1')
    isExposed = false
    await world.restart(120_000)
    expect(await nodeOf('c-1')).toBe('Rang')
    await start('clock', 'c-2')
    await world.clock.advance(60_000)
    expect(await nodeOf('c-2')).toBe('Rang')
    expect(await nodeOf('m-0')).toBe('Ticking')
    const said = world.errors.filter((error) => error.startsWith('timers of an execution'))
    expect(said.length, 'each is tried once a minute').toBeLessThanOrEqual(2 * stuck.length)

    isExposed = true
    await world.restart()
    expect(await world.engine.flows.nodeCounts('moody')).toEqual(new Map())
  })

  test('may be followed by one that compiles', async () => {
    await open()
    await start('moody', 'm-1')
    isExposed = false
    await world.restart()
    await world.publish(modeFlow.replace('{ if: "env.MODE == \'on\'", to: Stopped }', 'Stopped'))
    await start('moody', 'm-2')
    await world.answer('m-2:1', 'Ticked')
    expect(await nodeOf('m-2')).toBe('Stopped')
    expect(await nodeOf('m-1')).toBe('Ticking')
  })
})

const hoarder = `saga: hoarder
channel: shop
onFailure: fail
states:
  Collect: { on: { More: { stay: true }, Enough: Work } }
  Work: { send: Work, on: { Worked: Done } }
  Done: { final: success }
`

describe.each(storeKinds)('a state that would grow too large, on the %s store', (kind) => {
  let world: TestEngine
  afterEach(() => world.close())

  const send = (event: string, data: Record<string, string> = {}) =>
    world.engine.executions.applyEvent({ executionId: 'h-1', event, data })
  const megabyte = 'x'.repeat(limits.payloadBytes - 100)

  test('refuses the event and stays as it was', async () => {
    world = await openEngine(kind)
    await world.publish(hoarder)
    await world.engine.executions.start({ flow: 'hoarder', id: 'h-1' })
    let sent = 0
    const refusal: unknown = await (async () => {
      for (; sent < 40; sent += 1) await send('More', { [`part${sent}`]: megabyte })
      return undefined
    })().catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'STATE_TOO_LARGE', status: 413 })
    expect(sent).toBeLessThan(16)
    const before = await world.engine.executions.get('h-1')
    expect(Object.keys(before.state)).toHaveLength(sent)
    await world.restart()
    expect(await world.engine.executions.get('h-1')).toEqual(before)
    // What does not make it larger still goes through.
    expect((await send('Unheard-of')).answer).toEqual({ applied: false, reason: 'unknown' })
  })

  test('fails the command whose answer it was, so that the flow says what follows', async () => {
    world = await openEngine(kind)
    await world.publish(hoarder)
    await world.engine.executions.start({ flow: 'hoarder', id: 'h-1' })
    for (let n = 0; n < 3; n += 1) await send('More', { [`part${n}`]: megabyte })
    let { execution } = await send('Enough', { last: megabyte.slice(100_000) })
    // The size is looked at once in a while: the answer's facts are to reach that place.
    while (execution.revision % 16 !== 15) execution = (await send('Unheard-of')).execution
    expect(await world.lease()).toMatchObject([{ id: 'h-1:1' }])
    expect(await world.answer('h-1:1', 'Worked', { tooMuch: megabyte })).toEqual({
      applied: false,
      reason: 'STATE_TOO_LARGE',
    })
    expect(await world.engine.executions.get('h-1')).toMatchObject({
      status: 'failed',
      outcome: { code: 'STATE_TOO_LARGE' },
    })
  })
})
