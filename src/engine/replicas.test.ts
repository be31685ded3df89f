import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { replay } from '../kernel/evolve/evolve.ts'
import { clockFlow, orderFlow } from './test/flows.ts'
import { type Cluster, leaseMs, openCluster, type TestReplica } from './test/open-cluster.ts'

describe('two replicas', () => {
  let cluster: Cluster
  let one: TestReplica
  let two: TestReplica

  beforeEach(async () => {
    cluster = await openCluster()
    one = await cluster.addReplica()
    two = await cluster.addReplica()
    // The first has heard of the second by then.
    await cluster.clock.advance(leaseMs / 3)
    for (const text of [clockFlow, orderFlow.replace('10s', '1h')]) await publish(one, text)
  })
  afterEach(() => cluster.close())

  async function publish({ engine }: TestReplica, text: string): Promise<void> {
    const published = engine.flows.publish({ text, actor: 'tester' })
    await cluster.clock.advance(300)
    await published
  }
  const startOrder = (at: TestReplica, id: string) =>
    at.engine.executions.start({ flow: 'order', id, input: { orderId: id } })
  const answer = (at: TestReplica, commandId: string, event: string) =>
    at.engine.queue('shop').settle([{ kind: 'event', commandId, event, data: {} }])
  const idsOf = (commands: readonly { readonly id: string }[]) => commands.map(({ id }) => id)

  test('a command is handed out where a worker asks, wherever it was committed', async () => {
    await startOrder(one, 'o-1')
    expect(idsOf(await two.lease())).toEqual(['o-1:1'])
    await cluster.clock.advance(5_000)
    expect(await one.lease()).toEqual([])
  })

  test('a worker that waits hears of a command at once', async () => {
    await two.lease()
    const leased = two.lease({ waitMs: 500 })
    await startOrder(one, 'o-1')
    expect(idsOf(await leased)).toEqual(['o-1:1'])
  })

  test('without any notice it is found all the same', async () => {
    one.faults.loseNotices()
    const leased = two.lease({ waitMs: 3_000 })
    await startOrder(one, 'o-1')
    expect(idsOf(await leased)).toEqual(['o-1:1'])
  })

  test('a command stays where it was committed, if workers are there', async () => {
    const leased = one.lease({ waitMs: 500 })
    await startOrder(one, 'o-1')
    expect(idsOf(await leased)).toEqual(['o-1:1'])
    expect(await two.lease({ waitMs: 3_000 })).toEqual([])
  })

  test('what nobody asks for any more is given to those who ask', async () => {
    await one.lease()
    await startOrder(one, 'o-1')
    // It was claimed for a worker that does not come again.
    expect(await two.lease()).toEqual([])
    expect(idsOf(await two.lease({ waitMs: 20_000 }))).toEqual(['o-1:1'])
  })

  test("a killed replica's commands are free when its lease has ended", async () => {
    await startOrder(one, 'o-1')
    expect(idsOf(await one.lease())).toEqual(['o-1:1'])
    one.kill()
    expect(await two.lease({ waitMs: leaseMs / 2 })).toEqual([])
    expect(idsOf(await two.lease({ waitMs: leaseMs }))).toEqual(['o-1:1'])
    await answer(two, 'o-1:1', 'Reserved')
    expect((await two.engine.executions.get('o-1')).node).toBe('Pay')
  })

  test('a replica that stops hands over at once what nobody works on', async () => {
    await one.lease()
    await startOrder(one, 'o-1')
    await startOrder(one, 'o-2')
    expect(idsOf(await one.lease({ max: 1 }))).toEqual(['o-1:1'])
    await one.stop()
    expect(idsOf(await two.lease())).toEqual(['o-2:1'])
    // The worker of the first has the other one in hand, and brings its result here.
    expect(await answer(two, 'o-1:1', 'Reserved')).toEqual([{ applied: true }])
    expect(idsOf(await two.lease({ waitMs: 60_000 }))).toEqual(['o-1:2'])
  })

  test('a result counts wherever it is reported, and nothing is handed out again', async () => {
    await startOrder(one, 'o-1')
    expect(idsOf(await one.lease({ leaseMs: 2_000 }))).toEqual(['o-1:1'])
    expect(await answer(two, 'o-1:1', 'Reserved')).toEqual([{ applied: true }])
    expect(idsOf(await one.lease({ waitMs: 5_000 }))).toEqual(['o-1:2'])
    expect(await two.lease({ waitMs: 3_000 })).toEqual([])
  })

  test('without any notice a settled command is not handed out again', async () => {
    await startOrder(one, 'o-1')
    expect(idsOf(await one.lease({ leaseMs: 2_000 }))).toEqual(['o-1:1'])
    for (const { faults } of [one, two]) faults.loseNotices()
    await answer(two, 'o-1:1', 'Reserved')
    const later = [...(await one.lease({ waitMs: 5_000 })), ...(await two.lease({ waitMs: 5_000 }))]
    expect(idsOf(later)).toEqual(['o-1:2'])
  })

  test('a lease is prolonged wherever the worker says so', async () => {
    await startOrder(one, 'o-1')
    expect(idsOf(await one.lease({ leaseMs: 2_000 }))).toEqual(['o-1:1'])
    const more = { worker: 'w1', commandIds: ['o-1:1'], leaseMs: 4_000 }
    expect(await two.engine.queue('shop').extend(more)).toEqual([])
    expect(await one.lease({ waitMs: 3_000 })).toEqual([])
    expect(idsOf(await one.lease({ waitMs: 3_000 }))).toEqual(['o-1:1'])
    expect(await two.engine.queue('shop').extend({ ...more, commandIds: ['o-9:1'] })).toEqual([
      'o-9:1',
    ])
  })

  test('who waits at one replica hears of the end at another', async () => {
    await one.engine.executions.start({ flow: 'clock', id: 'c-1' })
    const waiting = two.engine.executions.waitUntilFinished('c-1', 60_000)
    await cluster.clock.advance(100)
    await one.engine.executions.applyEvent({ executionId: 'c-1', event: 'Stop' })
    await cluster.clock.advance(100)
    expect((await waiting).status).toBe('completed')
  })

  test('who waits hears of it without any notice too', async () => {
    await one.engine.executions.start({ flow: 'clock', id: 'c-1' })
    one.faults.loseNotices()
    const waiting = two.engine.executions.waitUntilFinished('c-1', 60_000)
    await one.engine.executions.applyEvent({ executionId: 'c-1', event: 'Stop' })
    await cluster.clock.advance(2_000)
    expect((await waiting).status).toBe('completed')
  })

  test('what one replica remembers is checked before somebody is refused', async () => {
    for (const { faults } of [one, two]) faults.loseNotices()
    await publish(
      one,
      'saga: door\nunexpected: reject\nstates:\n  Shut: { on: { Open: Opened } }\n  Opened: { on: { Shut: Shut, Lock: Locked } }\n  Locked: { final: success }\n',
    )
    await one.engine.executions.start({ flow: 'door', id: 'd-1' })
    await two.engine.executions.applyEvent({ executionId: 'd-1', event: 'Open' })
    // The first replica still remembers the door shut, where nothing expects to be locked.
    const { answer: found } = await one.engine.executions.applyEvent({
      executionId: 'd-1',
      event: 'Lock',
    })
    expect(found).toEqual({ applied: true })
  })

  test('a flow that was published or paused is so everywhere when that was answered', async () => {
    for (const { faults } of [one, two]) faults.loseNotices()
    await publish(one, clockFlow.replace('Ticking:', 'Ticking: # newer'))
    const { execution } = await two.engine.executions.start({ flow: 'clock', id: 'c-1' })
    expect(execution.version).toBe(2)
    const paused = one.engine.flows.setStatus('clock', 'paused')
    await cluster.clock.advance(300)
    await paused
    await expect(two.engine.executions.start({ flow: 'clock' })).rejects.toMatchObject({
      code: 'FLOW_PAUSED',
    })
  })

  test('timers are fired once, and those of a killed replica by the other', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `c-${n}`)
    for (const id of ids) await one.engine.executions.start({ flow: 'clock', id })
    await cluster.clock.advance(30_000)
    one.kill()
    await cluster.clock.advance(30_000 + leaseMs)
    for (const id of ids) {
      const { facts } = await cluster.store.readJournal(id, { after: 0, limit: 100 })
      expect(facts.filter(({ fact }) => fact.kind === 'timer-fired')).toHaveLength(1)
    }
  })

  test('a timer is on time although another replica has set it', async () => {
    for (const { faults } of [one, two]) faults.loseNotices()
    for (const id of ['c-1', 'c-2', 'c-3', 'c-4']) {
      await one.engine.executions.start({ flow: 'clock', id })
    }
    await cluster.clock.advance(61_000)
    for (const id of ['c-1', 'c-2', 'c-3', 'c-4']) {
      expect((await one.engine.executions.get(id)).node).toBe('Rang')
    }
  })

  test('a replica that slept beyond its lease hands out nothing of what it had', async () => {
    await startOrder(one, 'o-1')
    await one.lease({ commands: ['Pay'] })
    await cluster.clock.advance(0)
    expect(one.engine.channels()[0]?.held).toBe(0)
    await one.lease()
    await startOrder(one, 'o-2')
    one.freeze()
    const taken = await two.lease({ waitMs: leaseMs * 2 })
    expect(idsOf(taken)).toContain('o-2:1')
    one.thaw()
    expect(idsOf(await one.lease({ waitMs: 3_000 }))).toEqual([])
  })

  test.each([
    ['with', true],
    ['without any', false],
  ])('an undo waits until what it undoes can no longer leave, %s notice', async (_how, hears) => {
    if (!hears) for (const { faults } of [one, two]) faults.loseNotices()
    await one.lease()
    await startOrder(one, 'o-1')
    expect(idsOf(await one.lease())).toEqual(['o-1:1'])
    // The payment is claimed by the first, and waits there for a worker.
    await answer(one, 'o-1:1', 'Reserved')
    await two.engine.executions.applyEvent({ executionId: 'o-1', event: 'Declined' })
    // Nothing has reached the first yet, so it may still hand the payment out: then the undo waits.
    expect(await two.lease()).toEqual([])
    await cluster.clock.advance(hears ? 50 : 1_100)
    expect(await one.lease({ commands: ['Pay'] })).toEqual([])
    const undo = [...(await one.lease({ waitMs: 1_500 })), ...(await two.lease({ waitMs: 1_500 }))]
    expect(undo.map(({ command }) => command)).toEqual(['Release'])
  })

  test('an undo waits for the worker that has in hand what it undoes', async () => {
    await startOrder(one, 'o-1')
    expect(idsOf(await one.lease())).toEqual(['o-1:1'])
    await answer(one, 'o-1:1', 'Reserved')
    expect(idsOf(await one.lease({ leaseMs: 5_000 }))).toEqual(['o-1:2'])
    await two.engine.executions.applyEvent({ executionId: 'o-1', event: 'Declined' })
    expect(await two.lease({ waitMs: 4_500 })).toEqual([])
    expect(await one.lease()).toEqual([])
    const undo = [...(await one.lease({ waitMs: 1_500 })), ...(await two.lease({ waitMs: 1_500 }))]
    expect(undo.map(({ command }) => command)).toEqual(['Release'])
  })

  test('a claim whose answer was lost is not lost', async () => {
    await startOrder(one, 'o-1')
    two.faults.failClaims(1)
    expect(idsOf(await two.lease({ waitMs: 5_000 }))).toEqual(['o-1:1'])
  })

  test('a commit whose answer was lost claims nothing for ever', async () => {
    await one.lease()
    one.faults.failCommits(1, 'after')
    await expect(startOrder(one, 'o-1')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(idsOf(await one.lease({ waitMs: 5_000 }))).toEqual(['o-1:1'])
  })

  test('both write to one execution at the same time, and nothing is lost', async () => {
    await one.engine.executions.start({ flow: 'clock', id: 'c-1' })
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        [one, two][n % 2]?.engine.executions.applyEvent({
          executionId: 'c-1',
          event: 'Note',
          data: { [`n${n}`]: n },
        }),
      ),
    )
    const { facts } = await cluster.store.readJournal('c-1', { after: 0, limit: 500 })
    const stored = await two.engine.executions.get('c-1')
    expect(Object.keys(stored.state)).toHaveLength(20)
    expect(replay(facts.map(({ fact }) => fact))).toEqual(stored)
  })
})
