import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openMemoryStore } from '../../src/store/memory/memory-store.ts'
import { openSharedMemory } from '../../src/store/memory/memory-for-replicas.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { describeWith } from '../infrastructure/ask-service.ts'
import { sharedKafka } from '../infrastructure/kafka/kafka-for-tests.ts'
import { openTopics } from '../infrastructure/kafka/topics.ts'
import { eventOf, type EventSender, openEventSender } from './event-sender.ts'
import { until } from './open-channel.ts'
import { counterFlow, countedBy, openReplica, type Replica } from './open-replica.ts'

const kafka = await sharedKafka()
const slowMs = 90_000
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n)

describeWith(kafka, 'engines that read from Kafka', ({ brokers }) => {
  const topics = openTopics(brokers)
  const closing: (() => Promise<void>)[] = []
  let topic: string
  let sender: EventSender

  beforeEach(async () => {
    topic = await topics.create(4, 'events')
    sender = openEventSender(brokers, topic)
    closing.push(sender.close)
  })
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close()
  })
  afterAll(() => topics.close())

  async function open(store: Store): Promise<Replica> {
    const replica = await openReplica(store, { brokers, events: [topic], group: `g-${topic}` })
    closing.push(replica.stop)
    return replica
  }

  async function startCounters({ engine }: Replica, ids: readonly string[]): Promise<void> {
    await engine.flows.publish({ text: counterFlow, actor: 'tester' })
    await Promise.all(ids.map((id) => engine.executions.start({ flow: 'counter', id })))
  }

  const count = (key: string, n: number, partition?: number) => ({
    key,
    value: eventOf('Counted', { n }),
    ...(partition === undefined ? {} : { partition }),
  })

  describe.each(['memory', 'sqlite'] as const)('on %s', (kind) => {
    let store: Store

    beforeEach(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'signalbox-kafka-engine-'))
      store =
        kind === 'memory'
          ? await openMemoryStore()
          : await openSqliteStore({ path: join(folder, 'store.db'), thread: false })
      closing.push(async () => {
        await store.close()
        await rm(folder, { recursive: true, force: true })
      })
    })

    test('apply once what is read again after a crash before the place was saved', async () => {
      const first = await open(store)
      await startCounters(first, ['one', 'two'])
      await sender.send(upTo(40).map((n) => count(n % 2 === 0 ? 'one' : 'two', n)))
      await until(async () => (await countedBy(first.engine, 'two')).length === 20)
      await until(async () => (await countedBy(first.engine, 'one')).length === 20)
      await first.stop()

      // As if the process had died: everything is applied, nothing of the place is saved.
      const forgetful = withOverrides(store, { readPositions: async () => new Map() })
      await sender.send([count('one', 40), count('two', 41)])
      const second = await open(forgetful)
      await until(async () => (await countedBy(second.engine, 'one')).length > 20)
      await until(async () => (await countedBy(second.engine, 'two')).length > 20)
      const numbers = upTo(42)
      expect(await countedBy(second.engine, 'one')).toEqual(numbers.filter((n) => n % 2 === 0))
      expect(await countedBy(second.engine, 'two')).toEqual(numbers.filter((n) => n % 2 === 1))
    })

    test('keep the order within each partition when producers partition differently', async () => {
      const replica = await open(store)
      await startCounters(replica, ['one'])
      // Two producers that do not agree where 'one' belongs.
      const here = upTo(30).map((n) => count('one', n, 0))
      const there = upTo(30).map((n) => count('one', 100 + n, 3))
      await Promise.all([sender.send(here), sender.send(there)])
      await until(async () => (await countedBy(replica.engine, 'one')).length >= 60)
      const seen = await countedBy(replica.engine, 'one')
      expect(seen.filter((n) => Number(n) < 100)).toEqual(upTo(30))
      expect(seen.filter((n) => Number(n) >= 100)).toEqual(upTo(30).map((n) => 100 + n))
      expect(await replica.engine.deadLetters.count()).toEqual(new Map())
    })

    test('apply a message id once, in whatever partition it comes again', async () => {
      const replica = await open(store)
      await startCounters(replica, ['one'])
      const headers = { 'message-id': 'm-1' }
      await sender.send([0, 1, 2].map((partition) => ({ ...count('one', 7, partition), headers })))
      await sender.send([count('one', 8, 0), count('one', 8, 1), count('one', 8, 2)])
      await until(async () => (await countedBy(replica.engine, 'one')).length >= 4)
      expect((await countedBy(replica.engine, 'one')).toSorted()).toEqual([7, 8, 8, 8])
    })
  })

  test(
    'share the partitions, give them to whoever comes and take over from whoever goes',
    async () => {
      const memory = openSharedMemory({ now: Date.now })
      const first = await open(await memory.open())
      const ids = upTo(30).map((n) => `e${n}`)
      await startCounters(first, ids)
      const rounds = 60
      const sending = (async () => {
        for (const n of upTo(rounds)) {
          // Out of step on purpose: partitions by key, and one chosen by another rule.
          await sender.send(ids.map((id, at) => count(id, n, at % 7 === 0 ? 3 : undefined)))
          await until(async () => (await countedBy(first.engine, 'e1')).length >= n - 10)
        }
      })()
      const second = await openReplica(await memory.open(), {
        brokers,
        events: [topic],
        group: `g-${topic}`,
      })
      await until(async () => (await countedBy(first.engine, 'e29')).length >= 20)
      const third = await open(await memory.open())
      await until(async () => (await countedBy(first.engine, 'e29')).length >= 40)
      await second.stop()
      await sending
      const isDone = async (id: string): Promise<boolean> =>
        (await countedBy(third.engine, id)).length >= rounds
      for (const id of ids) await until(() => isDone(id))
      for (const id of ids) expect(await countedBy(third.engine, id)).toEqual(upTo(rounds))
      expect(await third.engine.deadLetters.count()).toEqual(new Map())
    },
    slowMs,
  )

  test(
    'that have lost a partition without knowing do no harm',
    async () => {
      const memory = openSharedMemory({ now: Date.now })
      const zombieStore = await memory.open()
      let isFrozen = false
      const frozen = Promise.withResolvers<void>()
      // It hangs in the middle of a commit, for longer than the group waits for anybody.
      const slow = withOverrides(zombieStore, {
        commit: async (writes) => {
          if (isFrozen) await frozen.promise
          return zombieStore.commit(writes)
        },
      })
      const zombie = await open(slow)
      await startCounters(zombie, ['one', 'two'])
      await sender.send(upTo(10).map((n) => count(n % 2 === 0 ? 'one' : 'two', n)))
      await until(async () => (await countedBy(zombie.engine, 'two')).length === 5)
      isFrozen = true
      await sender.send(upTo(10).map((n) => count(n % 2 === 0 ? 'one' : 'two', 10 + n)))
      const heir = await open(await memory.open())
      const other = await openReplica(await memory.open(), {
        brokers,
        events: [topic],
        group: `other-${topic}`,
        name: 'shop',
      })
      closing.push(other.stop)
      await until(async () => (await countedBy(heir.engine, 'one')).length === 10)
      await until(async () => (await countedBy(heir.engine, 'two')).length === 10)
      isFrozen = false
      frozen.resolve()
      await sender.send([count('one', 20), count('two', 21)])
      await until(async () => (await countedBy(heir.engine, 'one')).length > 10)
      await until(async () => (await countedBy(heir.engine, 'two')).length > 10)
      expect(await countedBy(heir.engine, 'one')).toEqual(upTo(22).filter((n) => n % 2 === 0))
      expect(await countedBy(heir.engine, 'two')).toEqual(upTo(22).filter((n) => n % 2 === 1))
    },
    slowMs,
  )
})

/** This store, with some of its methods replaced. */
function withOverrides(store: Store, overrides: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(overrides, name) ?? Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
