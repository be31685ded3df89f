import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { silentLog } from '../engine/log.ts'
import { commitAll } from '../store/contract/access.ts'
import { executionOf, startAt, startOf } from '../store/contract/builders.ts'
import { openMemoryStore } from '../store/memory/memory-store.ts'
import { openSharedMemory } from '../store/memory/memory-for-replicas.ts'
import type { Store } from '../store/store.ts'
import { scheduleRetention } from './schedule-retention.ts'

const soon = { firstAfterMs: 0, everyMs: 1, replicaName: 'one', log: silentLog }
const ended = { status: 'completed', finishedAt: 1_000 } as const

test('retention comes again and again, until it is stopped', async () => {
  const store = await openMemoryStore()
  const failures: string[] = []
  const log = { ...silentLog, error: (_: object, text: string) => void failures.push(text) }
  const retention = scheduleRetention({ ...soon, store, options: { finishedAfterMs: 0 }, log })
  for (const id of ['one', 'two']) {
    await commitAll(store, startOf(executionOf(id, ended)))
    await untilEmpty(store)
  }
  await retention.stop()
  await store.close()
  await retention.stop()
  expect(failures, 'nothing runs after the stop').toEqual([])
})

test('without an age nothing is ever deleted, and nothing runs', async () => {
  const store = await openMemoryStore()
  await commitAll(store, startOf(executionOf('one', ended)))
  const retention = scheduleRetention({ ...soon, store, options: {} })
  await retention.stop()
  expect(await store.countExecutions({})).toBe(1)
})

test('a failure is told, and the next run tries again', async () => {
  const store = await openMemoryStore()
  await commitAll(store, startOf(executionOf('one', ended)))
  const failures: string[] = []
  let calls = 0
  const failing: Store = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (name !== 'readFinishedBefore') {
        return typeof member === 'function' ? member.bind(target) : member
      }
      return async (time: number, limit: number) => {
        calls += 1
        if (calls <= 2) throw new Error('the disk cannot be read')
        return target.readFinishedBefore(time, limit)
      }
    },
  })
  const log = { ...silentLog, error: (_: object, text: string) => void failures.push(text) }
  const options = { finishedAfterMs: 0 }
  const retention = scheduleRetention({ ...soon, store: failing, options, log })
  await untilEmpty(store)
  await retention.stop()
  expect(failures).toHaveLength(2)
})

test('of several replicas the first does it; when it is gone, the next', async () => {
  let now = startAt
  const memory = openSharedMemory({ now: () => now })
  const [first, second] = [await memory.open(), await memory.open()]
  await first.sharing.join({ id: 'a', name: 'a', leaseMs: 1_000 })
  await second.sharing.join({ id: 'b', name: 'b', leaseMs: 5_000 })
  await commitAll(first, startOf(executionOf('one', ended)))
  const looks: string[] = []
  const observed: Store = new Proxy(second, {
    get: (target, name) => {
      if (name === 'sharing') looks.push(name)
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  const options = { finishedAfterMs: 0 }
  const retention = scheduleRetention({ ...soon, store: observed, options, replicaId: 'b' })
  while (looks.length < 6) await wait(1)
  expect(await first.countExecutions({})).toBe(1)
  now += 2_000
  await untilEmpty(second)
  await retention.stop()
})

async function untilEmpty(store: Store): Promise<void> {
  while ((await store.countExecutions({})) > 0) await wait(1)
}
