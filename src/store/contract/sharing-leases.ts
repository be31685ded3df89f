import { expect } from 'vitest'
import { commitAll } from './access.ts'
import { executionOf, startOf, writeOf } from './builders.ts'
import {
  claimAll,
  claimedIds,
  claimedOf,
  idsOf,
  joinAs,
  type SharedPromised,
  type SharedStore,
  until,
} from './sharing-subject.ts'

export function leasePromises(promised: SharedPromised): void {
  promised('replicas see each other, by id', async (subject) => {
    const second = await joinAs(subject, 'b')
    const first = await joinAs(subject, 'a')
    const onlooker = await subject.open()
    for (const store of [first, second, onlooker]) {
      const replicas = await store.sharing.replicas()
      expect(replicas).toMatchObject([
        { id: 'a', name: 'host of a', leaseMs: subject.leaseMs },
        { id: 'b', name: 'host of b', leaseMs: subject.leaseMs },
      ])
      for (const { joinedAt, leaseUntil } of replicas) {
        expect(leaseUntil - joinedAt).toBe(subject.leaseMs)
      }
    }
    const { kept, replicas } = await first.sharing.renew()
    expect(kept).toBe(true)
    expect(replicas.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  promised('a lease that nobody renews ends by itself', async (subject) => {
    const store = await subject.open()
    const witness = await joinAs(subject, 'witness')
    await store.sharing.join({ id: 'short', name: 'short', leaseMs: 100 })
    await until(subject, async () => !(await idsAlive(witness)).includes('short'))
    expect(await idsAlive(store)).toEqual(['witness'])
    expect((await store.sharing.renew()).kept).toBe(false)
  })

  promised('renewing prolongs a lease', async (subject) => {
    const store = await joinAs(subject, 'a')
    const before = (await store.sharing.replicas())[0]?.leaseUntil ?? Infinity
    await until(subject, async () => {
      const { kept, replicas } = await store.sharing.renew()
      expect(kept).toBe(true)
      return (replicas[0]?.leaseUntil ?? 0) > before
    })
    const [after] = await store.sharing.replicas()
    expect(after?.leaseUntil).toBeGreaterThan(before)
    expect(after?.leaseMs).toBe(subject.leaseMs)
  })

  promised('whoever lost its lease is told, and begins with nothing', async (subject) => {
    const store = await joinAs(subject, 'a')
    await putClaimed(store)
    await subject.endLease('a')
    expect(await idsAlive(store)).toEqual([])
    const renewed = await store.sharing.renew()
    expect(renewed.kept).toBe(false)
    expect(renewed.replicas.map(({ id }) => id)).toEqual(['a'])
    expect(await claimedIds(store, ['one:1', 'one:2'])).toEqual([])
    expect((await store.sharing.renew()).kept).toBe(true)
    expect(idsOf(await claimAll(store))).toEqual(['one:1', 'one:2'])
  })

  promised('what a dead replica had is free; it cannot come back to it', async (subject) => {
    const dead = await joinAs(subject, 'a')
    const heir = await joinAs(subject, 'b')
    await putClaimed(dead)
    expect(await claimAll(heir)).toEqual([])
    await subject.endLease('a')
    expect(idsOf(await claimAll(heir, {}, 1))).toEqual(['one:1', 'one:2'])
    expect((await dead.sharing.renew()).kept).toBe(false)
    expect(await claimAll(dead)).toEqual([])
    expect(await claimedIds(dead, ['one:1', 'one:2'])).toEqual([])
    await dead.sharing.releaseOutbox(['one:1'])
    expect(await claimedIds(heir, ['one:1', 'one:2'])).toEqual(['one:1', 'one:2'])
  })

  promised('what a killed process had is free when its lease has ended', async (subject) => {
    const killed = await joinAs(subject, 'a')
    const heir = await joinAs(subject, 'b')
    await putClaimed(killed)
    await killed.close()
    expect(await claimAll(heir)).toEqual([])
    expect(await idsAlive(heir)).toEqual(['a', 'b'])
    await subject.endLease('a')
    expect(idsOf(await claimAll(heir))).toEqual(['one:1', 'one:2'])
    expect(await idsAlive(heir)).toEqual(['b'])
  })

  promised('without a lease nothing is claimed', async (subject) => {
    const store = await joinAs(subject, 'a')
    await subject.endLease('a')
    const put = [claimedOf('one', 1)]
    const results = await store.commit([startOf(executionOf('one'), { outbox: { put } })])
    expect(results).toMatchObject([{ kind: 'committed', claimed: [false] }])
    expect(await claimAll(store)).toEqual([])
    await store.sharing.renew()
    expect(idsOf(await claimAll(store))).toEqual(['one:1'])
  })

  promised('who leaves gives everything back at once', async (subject) => {
    const leaving = await joinAs(subject, 'a')
    const staying = await joinAs(subject, 'b')
    await putClaimed(leaving)
    await leaving.sharing.leave()
    expect(await idsAlive(staying)).toEqual(['b'])
    expect(idsOf(await claimAll(staying))).toEqual(['one:1', 'one:2'])
    const late = writeOf(executionOf('one', { revision: 3 }), {
      outbox: { put: [claimedOf('one', 3)] },
    })
    expect(await leaving.commit([late])).toMatchObject([{ kind: 'committed', claimed: [false] }])
  })
}

async function idsAlive(store: SharedStore): Promise<readonly string[]> {
  return (await store.sharing.replicas()).map(({ id }) => id)
}

/** Puts `one:1` and `one:2`, claimed. */
async function putClaimed(store: SharedStore): Promise<void> {
  const put = [claimedOf('one', 1), claimedOf('one', 2)]
  await commitAll(store, startOf(executionOf('one'), { outbox: { put } }))
  expect(await claimedIds(store, ['one:1', 'one:2'])).toEqual(['one:1', 'one:2'])
}
