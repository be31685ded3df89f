import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Channel, ChannelHost, InboundEvent } from '../channel/channel.ts'
import { clockFlow } from './test/flows.ts'
import { openEngine, storeKinds, type TestEngine } from './test/open-engine.ts'

/** A channel that reads events and carries nothing out: the tests speak to the engine through it. */
function createLog(onStarted: (host: ChannelHost) => void): Channel {
  return {
    name: 'log',
    type: 'kafka',
    windowCommands: 0,
    start(host) {
      onStarted(host)
      return Promise.resolve()
    },
    deliver: () => {},
    withdraw: () => {},
    held: () => 0,
    holds: () => false,
    demand: () => ({ max: 0 }),
    surplus: () => [],
    trouble: () => undefined,
    stop: () => Promise.resolve(),
  }
}

describe.each(storeKinds)('events that are read from a log, on the %s store', (kind) => {
  let world: TestEngine
  let host: ChannelHost

  beforeEach(async () => {
    world = await openEngine(kind, {
      channels: () => [
        createLog((started) => {
          host = started
        }),
      ],
    })
    await world.publish(clockFlow)
    await world.engine.executions.start({ flow: 'clock', id: 'c-1' })
  })
  afterEach(() => world.close())

  const note = (position: number, fields: Partial<InboundEvent> = {}): InboundEvent => ({
    executionId: 'c-1',
    event: 'Note',
    data: { [`n${position}`]: true },
    origin: { source: 'log:notes/0', position },
    ...fields,
  })
  const stateOf = async () => (await world.engine.executions.get('c-1')).state

  test('each is applied once, however often it is read', async () => {
    expect(await host.receive([note(1)])).toEqual([{ kind: 'applied' }])
    await world.restart()
    expect(await host.receive([note(1)])).toEqual([{ kind: 'without-effect', reason: 'duplicate' }])
    expect(await host.receive([note(2)])).toEqual([{ kind: 'applied' }])
    expect(await stateOf()).toEqual({ n1: true, n2: true })
    expect((await world.engine.executions.get('c-1')).positions).toEqual({ 'log:notes/0': 2 })
  })

  test('one that was stored without an answer is not applied again', async () => {
    world.faults.failCommits(1, 'after')
    await expect(host.receive([note(1)])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(await host.receive([note(1)])).toEqual([{ kind: 'without-effect', reason: 'duplicate' }])
    const { facts } = await world.engine.executions.journal('c-1', { after: 0, limit: 100 })
    expect(facts.filter(({ fact }) => fact.kind === 'event-applied')).toHaveLength(1)
  })

  test('a message that was sent twice is applied once', async () => {
    expect(await host.receive([note(1, { messageId: 'm1' })])).toEqual([{ kind: 'applied' }])
    expect(await host.receive([note(2, { messageId: 'm1' })])).toEqual([
      { kind: 'without-effect', reason: 'duplicate' },
    ])
    expect(await stateOf()).toEqual({ n1: true })
  })

  test('one that is for nobody is refused, and the others are applied', async () => {
    const answers = await host.receive([
      note(1, { executionId: 'c-9' }),
      note(2),
      note(3, { event: 'Stranger' }),
    ])
    expect(answers).toMatchObject([
      { kind: 'refused', code: 'EXECUTION_NOT_FOUND' },
      { kind: 'applied' },
      { kind: 'without-effect', reason: 'unknown' },
    ])
  })

  test('one that the flow refuses is refused, and noted', async () => {
    await world.publish(
      'saga: strict\nunexpected: reject\nstates:\n  Open: { on: { Shut: Shut } }\n  Shut: { final: success }\n',
    )
    await world.engine.executions.start({ flow: 'strict', id: 's-1' })
    const [answer] = await host.receive([note(1, { executionId: 's-1' })])
    expect(answer).toMatchObject({ kind: 'refused', code: 'EVENT_UNEXPECTED' })
    expect((await world.engine.executions.get('s-1')).notes).toBe(1)
  })

  test('while the store is away nothing is refused for good', async () => {
    world.faults.failCommits(1, 'before')
    await expect(host.receive([note(1)])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(await host.receive([note(1)])).toEqual([{ kind: 'applied' }])
  })

  test('how far was read, and what could not be read, is kept for the channel', async () => {
    await host.savePositions(new Map([['log:notes/0', 7]]))
    await host.savePositions(new Map([['log:notes/0', 3]]))
    expect(await host.readPositions()).toEqual(new Map([['log:notes/0', 7]]))
    await host.putDeadLetters([
      {
        source: 'log:notes/0',
        position: 4,
        receivedAt: 1,
        code: 'EVENT_INVALID',
        detail: 'expected JSON, found a letter',
        value: 'x',
        encoding: 'utf8',
        headers: {},
      },
    ])
    expect(await world.engine.deadLetters.list({ limit: 10 })).toMatchObject([{ channel: 'log' }])
  })
})
