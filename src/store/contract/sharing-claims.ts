import { expect } from 'vitest'
import { commitAll, readWholeOutbox } from './access.ts'
import { executionOf, startAt, startOf, writeOf } from './builders.ts'
import {
  claimAll,
  claimedIds,
  claimedOf,
  freeOf,
  idsOf,
  joinAs,
  longAgo,
  notSoon,
  type SharedPromised,
} from './sharing-subject.ts'

export function claimPromises(promised: SharedPromised): void {
  promised('what a replica puts for itself is claimed by the commit', async (subject) => {
    const first = await joinAs(subject, 'a')
    const second = await joinAs(subject, 'b')
    const results = await first.commit([
      startOf(executionOf('one'), { outbox: { put: [claimedOf('one', 1), claimedOf('one', 2)] } }),
      startOf(executionOf('two'), { outbox: { put: [freeOf('two', 1)] } }),
      startOf(executionOf('three')),
    ])
    expect(results.map((result) => 'claimed' in result && (result.claimed ?? []))).toEqual([
      [true, true],
      [false],
      [],
    ])
    expect(idsOf(await claimAll(second))).toEqual(['two:1'])
    expect(await claimAll(first)).toEqual([])
    expect(await claimedIds(first, ['one:1', 'one:2', 'two:1'])).toEqual(['one:1', 'one:2'])
    expect(await claimedIds(second, ['one:1', 'one:2', 'two:1', 'none:1'])).toEqual(['two:1'])
  })

  promised('a write that is left out claims nothing', async (subject) => {
    const store = await joinAs(subject, 'a')
    const put = [claimedOf('one', 1)]
    await commitAll(store, startOf(executionOf('one'), { outbox: { put } }))
    await store.sharing.releaseOutbox(['one:1'])
    const results = await store.commit([startOf(executionOf('one'), { outbox: { put } })])
    expect(results).toEqual([{ kind: 'conflict' }])
    expect(await claimedIds(store, ['one:1'])).toEqual([])
  })

  promised('a claimed command is read as it was put', async (subject) => {
    const store = await joinAs(subject, 'a')
    const full = freeOf('one', 1, { key: 'K', purpose: 'undo', attempt: 3, data: null })
    const [[sequence] = []] = await commitAll(
      store,
      startOf(executionOf('one'), { outbox: { put: [{ ...full, claim: true }] } }),
    )
    const expected = [{ ...full, sequence }]
    expect(await store.sharing.readClaimed(['one:1'])).toStrictEqual(expected)
    expect(await store.readOutboxCommands(['one:1'])).toStrictEqual(expected)
    expect(await readWholeOutbox(store)).toStrictEqual(expected)
    await store.sharing.releaseOutbox(['one:1'])
    expect(await claimAll(store)).toStrictEqual(expected)
  })

  promised('free rows are claimed by channel, command, time and number', async (subject) => {
    const store = await joinAs(subject, 'a')
    const puts = [
      freeOf('e0', 1, { command: 'Pay' }),
      freeOf('e1', 1, { command: 'Send' }),
      freeOf('e2', 1, { command: 'Pay', dueAt: longAgo + 5 }),
      freeOf('e3', 1, { command: 'Pay', channel: 'mail' }),
      freeOf('e4', 1, { command: 'Count' }),
      freeOf('e5', 1, { command: 'Pay', dueAt: notSoon }),
      freeOf('e6', 1, { command: 'Pay' }),
    ]
    const starts = puts.map((put) =>
      startOf(executionOf(put.executionId), { outbox: { put: [put] } }),
    )
    await commitAll(store, ...starts)
    const claim = async (dueBy: number, limit: number, commands?: readonly string[]) => {
      const query = { channel: 'shop', dueBy, limit, ...(commands && { commands }) }
      return idsOf(await store.sharing.claimOutbox(query))
    }
    expect(await claim(longAgo - 1, 9)).toEqual([])
    expect(await claim(longAgo, 0)).toEqual([])
    expect(await claim(longAgo, 9, [])).toEqual([])
    expect(await claim(longAgo, 9, ['None'])).toEqual([])
    expect(await claim(longAgo, 1, ['Pay', 'Count'])).toEqual(['e0:1'])
    expect(await claim(longAgo, 9, ['Pay', 'Count'])).toEqual(['e4:1', 'e6:1'])
    expect(await claim(longAgo + 5, 9)).toEqual(['e1:1', 'e2:1'])
    expect(await claim(longAgo + 5, 9)).toEqual([])
    expect(idsOf(await claimAll(store, { channel: 'mail' }))).toEqual(['e3:1'])
  })

  promised('two that claim at once never get the same row', async (subject) => {
    const stores = [await joinAs(subject, 'a'), await joinAs(subject, 'b')]
    const ids = Array.from({ length: 60 }, (_, n) => `e${n}`)
    const [writer] = stores
    if (writer === undefined) throw new Error('there is no store')
    for (const id of ids) {
      const put = [freeOf(id, 1), freeOf(id, 2)]
      await commitAll(writer, startOf(executionOf(id), { outbox: { put } }))
    }
    await Promise.all(stores.map((store) => claimAll(store, {}, 7)))
    // One may have been passed over while the other looked at it; alone, each finds what is left.
    for (const store of stores) await claimAll(store)
    const all = ids.flatMap((id) => [`${id}:1`, `${id}:2`])
    const held = await Promise.all(stores.map((store) => claimedIds(store, all)))
    expect(held.flat().toSorted()).toEqual(all.toSorted())
    for (const own of held) {
      const firsts = own.filter((id) => id.endsWith(':1'))
      expect(own).toHaveLength(firsts.length * 2)
      expect(firsts.every((id) => own.includes(id.replace(':1', ':2')))).toBe(true)
    }
  })

  promised('what is given back can be claimed by anybody', async (subject) => {
    const first = await joinAs(subject, 'a')
    const second = await joinAs(subject, 'b')
    const put = [claimedOf('one', 1), claimedOf('one', 2), claimedOf('one', 3)]
    await commitAll(first, startOf(executionOf('one'), { outbox: { put } }))
    await second.sharing.releaseOutbox(['one:1'])
    expect(await claimedIds(first, ['one:1'])).toEqual(['one:1'])
    await first.sharing.releaseOutbox(['one:1', 'one:2', 'none:1'])
    await first.sharing.releaseOutbox([])
    expect(idsOf(await claimAll(second))).toEqual(['one:1', 'one:2'])
    expect(await claimedIds(first, ['one:1', 'one:2', 'one:3'])).toEqual(['one:3'])
  })

  promised('everything of a channel but some can be given back', async (subject) => {
    const first = await joinAs(subject, 'a')
    const second = await joinAs(subject, 'b')
    const mail = claimedOf('mail', 1, { channel: 'mail' })
    const executionIds = ['x', 'y', 'z']
    await commitAll(
      first,
      startOf(executionOf('mail'), { outbox: { put: [mail] } }),
      ...executionIds.map((id) =>
        startOf(executionOf(id), { outbox: { put: [claimedOf(id, 1)] } }),
      ),
    )
    const foreign = { outbox: { put: [claimedOf('other', 1)] } }
    await commitAll(second, startOf(executionOf('other'), foreign))
    await first.sharing.releaseOutboxExcept('shop', ['y:1', 'other:1', 'none:1'])
    const ids = ['x:1', 'y:1', 'z:1', 'mail:1', 'other:1']
    expect(await claimedIds(first, ids)).toEqual(['mail:1', 'y:1'])
    expect(await claimedIds(second, ids)).toEqual(['other:1'])
    await first.sharing.releaseOutboxExcept('shop', [])
    expect(idsOf(await claimAll(second))).toEqual(['x:1', 'y:1', 'z:1'])
  })

  promised('a claim ends when its row is removed, postponed or put again', async (subject) => {
    const first = await joinAs(subject, 'a')
    const second = await joinAs(subject, 'b')
    const ids = ['x', 'y', 'z']
    const starts = ids.map((id) =>
      startOf(executionOf(id), { outbox: { put: [claimedOf(id, 1)] } }),
    )
    await commitAll(first, ...starts)
    const postpone = [{ commandId: 'y:1', dueAt: longAgo + 1, attempt: 2 }]
    await commitAll(
      second,
      writeOf(executionOf('x', { revision: 3 }), { outbox: { remove: ['x:1'] } }),
      writeOf(executionOf('y', { revision: 3 }), { outbox: { postpone } }),
      writeOf(executionOf('z', { revision: 3 }), { outbox: { put: [freeOf('z', 1)] } }),
    )
    expect(await claimedIds(first, ['x:1', 'y:1', 'z:1'])).toEqual([])
    const claimed = await second.sharing.claimOutbox({ channel: 'shop', dueBy: startAt, limit: 9 })
    expect(claimed.map(({ commandId, attempt }) => [commandId, attempt])).toEqual([
      ['y:1', 2],
      ['z:1', 1],
    ])
  })
}
