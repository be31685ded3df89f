import { expect } from 'vitest'
import type { Execution } from '../../kernel/model/execution.ts'
import { commitAll, kindsOf, listIds, readOne } from './access.ts'
import { commandOf, executionOf, startAt, startOf, writeOf } from './builders.ts'
import { contentsOf } from './contents.ts'
import type { Promised } from './subject.ts'

export function retentionPromises(promised: Promised): void {
  promised('ended executions are found by their end, the earliest first', async ({ store }) => {
    await commitAll(
      store,
      startOf(endedOf('third', 30)),
      startOf(endedOf('first', 10, { status: 'cancelled' })),
      startOf(endedOf('second', 20, { status: 'failed' })),
      startOf(endedOf('fourth', 40, { status: 'rolled-back' })),
      startOf(executionOf('open', { startedAt: startAt - 1_000 })),
      startOf(executionOf('stuck', { status: 'incident' })),
      startOf(endedOf('paused', 10, { status: 'paused' })),
    )
    const ids = async (delay: number, limit: number) =>
      (await store.readFinishedBefore(startAt + delay, limit)).map(({ id }) => id)
    expect(await ids(99, 9)).toEqual(['first', 'second', 'third', 'fourth'])
    expect(await ids(30, 9)).toEqual(['first', 'second'])
    expect(await ids(99, 2)).toEqual(['first', 'second'])
    expect(await ids(10, 9)).toEqual([])
    const [first] = await store.readFinishedBefore(startAt + 99, 1)
    expect(first).toStrictEqual(endedOf('first', 10, { status: 'cancelled' }))
  })

  promised('an end that comes later is found as well', async ({ store }) => {
    await commitAll(store, startOf(executionOf('one')), startOf(executionOf('two')))
    expect(await store.readFinishedBefore(startAt + 99, 9)).toEqual([])
    await commitAll(store, writeOf(endedOf('two', 5, { revision: 3 })))
    await commitAll(store, writeOf(endedOf('one', 6, { revision: 3 })))
    const found = await store.readFinishedBefore(startAt + 99, 9)
    expect(found.map(({ id }) => id)).toEqual(['two', 'one'])
  })

  promised('a deleted execution leaves nothing behind, the others stay', async ({ store }) => {
    const incident = {
      code: 'I',
      message: 'stuck',
      at: startAt,
      node: 'A',
      subject: { kind: 'node' },
    } as const
    const kept = startOf(executionOf('kept', { key: 'K' }), { searchTerms: ['red'] })
    await commitAll(store, kept)
    const before = await contentsOf(store, ['gone', 'kept'], ['m'])
    await commitAll(
      store,
      startOf(endedOf('gone', 1, { key: 'K', stage: 'open', incident }), {
        searchTerms: ['red', 'green'],
        inbox: [{ messageId: 'm', answer: 1 }],
        wakeAt: startAt,
      }),
    )
    expect(await store.deleteExecutions(['gone'])).toEqual(['gone'])
    expect(await contentsOf(store, ['gone', 'kept'], ['m'])).toEqual(before)
    expect(await store.findByKey('order', 'K')).toBe('kept')
    expect(await store.readFinishedBefore(startAt + 99, 9)).toEqual([])
    for (const filter of [{}, { key: 'K' }, { q: 'red' }, { flow: 'order' }]) {
      expect(await listIds(store, filter)).toEqual(['kept'])
      expect(await listIds(store, filter, '-updatedAt')).toEqual(['kept'])
      expect(await store.countExecutions(filter)).toBe(1)
    }
    for (const filter of [{ q: 'green' }, { stage: 'open' }, { incident: true }, { q: 'gone' }]) {
      expect(await listIds(store, filter)).toEqual([])
      expect(await store.countExecutions(filter)).toBe(0)
    }
  })

  promised('what has not ended, or still owes a command, is not deleted', async ({ store }) => {
    await commitAll(
      store,
      startOf(executionOf('waiting')),
      startOf(executionOf('stuck', { status: 'incident' })),
      startOf(endedOf('paused', 1, { status: 'paused' })),
      startOf(endedOf('owing', 1), { outbox: { put: [commandOf('owing', 1)] } }),
      startOf(endedOf('done', 1)),
    )
    const ids = ['waiting', 'stuck', 'none', 'paused', 'owing', 'done']
    expect(await store.deleteExecutions(ids)).toEqual(['done'])
    expect(await store.deleteExecutions(ids)).toEqual([])
    expect(await store.deleteExecutions([])).toEqual([])
    expect(await store.countExecutions({})).toBe(4)
    const owing = endedOf('owing', 1, { revision: 3 })
    await commitAll(store, writeOf(owing, { outbox: { remove: ['owing:1'] } }))
    expect(await store.deleteExecutions(['owing', 'owing'])).toEqual(['owing'])
  })

  promised('a write that follows a deletion is a conflict; the id is free', async ({ store }) => {
    const end = endedOf('one', 1, { revision: 3 })
    await commitAll(store, startOf(executionOf('one')))
    await commitAll(store, writeOf(end, { inbox: [{ messageId: 'm', answer: 1 }] }))
    expect(await store.deleteExecutions(['one'])).toEqual(['one'])
    const late = writeOf(endedOf('one', 1, { revision: 4 }))
    const again = startOf(executionOf('one', { node: 'Again' }), {
      inbox: [{ messageId: 'm', answer: 2 }],
    })
    expect(kindsOf(await store.commit([late, again]))).toEqual(['conflict', 'committed'])
    expect((await readOne(store, 'one'))?.node).toBe('Again')
    const journal = await store.readJournal('one', { after: 0, limit: 10 })
    expect(journal.facts).toHaveLength(2)
    expect(await store.nodeCounts('order')).toEqual(new Map([['Again', 1]]))
  })

  promised('pages go on across deletions', async ({ store }) => {
    const ended = Array.from({ length: 12 }, (_, n) =>
      startOf(endedOf(`e${n}`, n, { startedAt: startAt + n, updatedAt: startAt + n })),
    )
    await commitAll(store, ...ended)
    const query = { filter: {}, sort: 'startedAt', limit: 4 } as const
    const { nextCursor: cursor = '' } = await store.listExecutions(query)
    await store.deleteExecutions(['e2', 'e3', 'e4', 'e7'])
    await commitAll(store, startOf(executionOf('new', { startedAt: startAt + 99 })))
    const rest = await store.listExecutions({ ...query, cursor, limit: 99 })
    expect(rest.items.map(({ id }) => id)).toEqual(['e5', 'e6', 'e8', 'e9', 'e10', 'e11', 'new'])
    const beside = executionOf('beside', { startedAt: startAt + 9, updatedAt: startAt + 9 })
    await commitAll(store, startOf(beside))
    await commitAll(store, writeOf({ ...beside, revision: 3, updatedAt: startAt + 99 }))
    const left = ['beside', 'e0', 'e1', 'e10', 'e11', 'e5', 'e6', 'e8', 'e9', 'new']
    expect((await listIds(store, {}, 'startedAt', 3)).toSorted()).toEqual(left)
    expect((await listIds(store, {}, '-updatedAt', 3)).toSorted()).toEqual(left)
  })
}

function endedOf(id: string, delay: number, over: Partial<Execution> = {}): Execution {
  return executionOf(id, { status: 'completed', finishedAt: startAt + delay, ...over })
}
