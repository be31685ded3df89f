import { expect } from 'vitest'
import { commitAll, kindsOf, listIds, readOne, readWholeOutbox } from './access.ts'
import { commandOf, executionOf, factsOf, startAt, startOf, writeOf } from './builders.ts'
import type { Promised } from './subject.ts'

const page = { after: 0, limit: 100 }

export function commitPromises(promised: Promised): void {
  promised('a commit is visible whole to every read that follows', async ({ store }) => {
    const execution = executionOf('one', { key: 'key-1' })
    const results = await store.commit([
      startOf(execution, {
        wakeAt: startAt + 5,
        searchTerms: ['Ada'],
        outbox: { put: [commandOf('one', 1)] },
        inbox: [{ messageId: 'message', answer: { applied: true } }],
      }),
    ])
    expect(kindsOf(results)).toEqual(['committed'])
    expect(await readOne(store, 'one')).toStrictEqual(execution)
    expect((await store.readJournal('one', page)).facts.map(({ fact }) => fact)).toStrictEqual(
      factsOf(execution, 1),
    )
    expect((await readWholeOutbox(store)).map(({ commandId }) => commandId)).toEqual(['one:1'])
    expect(await store.readInbox([{ executionId: 'one', messageId: 'message' }])).toEqual([
      { applied: true },
    ])
    expect(await store.nextWakeAt()).toBe(startAt + 5)
    expect(await store.findByKey('order', 'key-1')).toBe('one')
    expect(await listIds(store, { q: 'ada' })).toEqual(['one'])
    expect((await store.flowCounts()).get('order')?.byStatus).toEqual({ waiting: 1 })
  })

  promised('an empty commit changes nothing', async ({ store }) => {
    expect(await store.commit([])).toEqual([])
    expect(await store.countExecutions({})).toBe(0)
  })

  promised('unknown ids are absent from what is read', async ({ store }) => {
    await commitAll(store, startOf(executionOf('one')))
    const found = await store.readExecutions(['none', 'one', 'one'])
    expect([...found.keys()]).toEqual(['one'])
    expect(await store.readInbox([{ executionId: 'none', messageId: 'm' }])).toEqual([undefined])
    expect((await store.readJournal('none', page)).facts).toEqual([])
  })

  promised('a stale write is left out whole, the others go through', async ({ store }) => {
    await commitAll(store, startOf(executionOf('one')), startOf(executionOf('two')))
    await commitAll(store, writeOf(executionOf('one', { revision: 3, node: 'B' })))
    const results = await store.commit([
      writeOf(executionOf('two', { revision: 3, node: 'B' })),
      writeOf(executionOf('one', { revision: 3, node: 'Stale' }), {
        wakeAt: startAt,
        searchTerms: ['stale'],
        outbox: { put: [commandOf('one', 1)] },
        inbox: [{ messageId: 'm', answer: 1 }],
      }),
      startOf(executionOf('three')),
    ])
    expect(kindsOf(results)).toEqual(['committed', 'conflict', 'committed'])
    expect((await readOne(store, 'one'))?.node).toBe('B')
    expect((await store.readJournal('one', page)).facts).toHaveLength(3)
    expect(await readWholeOutbox(store)).toEqual([])
    expect(await store.readInbox([{ executionId: 'one', messageId: 'm' }])).toEqual([undefined])
    expect(await store.nextWakeAt()).toBeUndefined()
    expect(await listIds(store, { q: 'stale' })).toEqual([])
    expect(await store.nodeCounts('order')).toEqual(
      new Map([
        ['B', 2],
        ['OrderCreated', 1],
      ]),
    )
  })

  promised('an id that exists, or one that does not, is a conflict', async ({ store }) => {
    await commitAll(store, startOf(executionOf('one', { node: 'First' })))
    const results = await store.commit([
      startOf(executionOf('one', { node: 'Second' })),
      writeOf(executionOf('none', { revision: 3 })),
      startOf(executionOf('twice', { node: 'First' })),
      startOf(executionOf('twice', { node: 'Second' })),
    ])
    expect(kindsOf(results)).toEqual(['conflict', 'conflict', 'committed', 'conflict'])
    expect((await readOne(store, 'one'))?.node).toBe('First')
    expect((await readOne(store, 'twice'))?.node).toBe('First')
    expect(await readOne(store, 'none')).toBeUndefined()
  })

  promised('several writes of one execution follow each other in one commit', async ({ store }) => {
    const [first, second, third] = await commitAll(
      store,
      startOf(executionOf('one'), { outbox: { put: [commandOf('one', 1)] } }),
      writeOf(executionOf('one', { revision: 3, node: 'B' }), {
        wakeAt: startAt + 9,
        outbox: { remove: ['one:1'], put: [commandOf('one', 2)] },
      }),
      writeOf(executionOf('one', { revision: 4, node: 'C' })),
    )
    expect([first?.length, second?.length, third]).toEqual([1, 1, []])
    expect((await readOne(store, 'one'))?.node).toBe('C')
    expect((await store.readJournal('one', page)).facts.map((fact) => fact.sequence)).toEqual([
      1, 2, 3, 4,
    ])
    expect((await readWholeOutbox(store)).map(({ commandId }) => commandId)).toEqual(['one:2'])
    expect(await store.nextWakeAt()).toBeUndefined()
    expect(await store.nodeCounts('order')).toEqual(new Map([['C', 1]]))
  })

  promised('a write without facts may still change the outbox', async ({ store }) => {
    const execution = executionOf('one')
    await commitAll(store, startOf(execution, { outbox: { put: [commandOf('one', 1)] } }))
    await commitAll(
      store,
      writeOf(execution, {
        expectedRevision: 2,
        facts: [],
        outbox: { postpone: [{ commandId: 'one:1', dueAt: startAt + 50, attempt: 2 }] },
      }),
    )
    expect(await store.nextDueAt('shop', startAt)).toBe(startAt + 50)
    expect((await store.readJournal('one', page)).facts).toHaveLength(2)
  })

  promised('a key belongs to one unfinished execution of a flow', async ({ store }) => {
    const unique = { uniqueKey: 'K' }
    await commitAll(store, startOf(executionOf('one', { key: 'K' }), unique))
    const results = await store.commit([
      startOf(executionOf('two', { key: 'K' }), unique),
      startOf(executionOf('other-flow', { flow: 'other', key: 'K' }), unique),
      startOf(executionOf('other-key', { key: 'k' }), { uniqueKey: 'k' }),
      writeOf(executionOf('one', { key: 'K', revision: 3 }), unique),
    ])
    expect(kindsOf(results)).toEqual(['key-taken', 'committed', 'committed', 'committed'])
    expect(await readOne(store, 'two')).toBeUndefined()
  })

  promised('an end gives the key back, in the same commit already', async ({ store }) => {
    const unique = { uniqueKey: 'K' }
    const end = { status: 'completed', finishedAt: startAt } as const
    await commitAll(store, startOf(executionOf('one', { key: 'K' }), unique))
    const results = await store.commit([
      startOf(executionOf('early', { key: 'K' }), unique),
      writeOf(executionOf('one', { key: 'K', revision: 3, ...end })),
      startOf(executionOf('two', { key: 'K' }), unique),
      startOf(executionOf('late', { key: 'K' }), unique),
    ])
    expect(kindsOf(results)).toEqual(['key-taken', 'committed', 'committed', 'key-taken'])
    expect(await store.findByKey('order', 'K')).toBe('two')
  })

  promised('a message applied before makes its write a duplicate', async ({ store }) => {
    await commitAll(
      store,
      startOf(executionOf('one'), { inbox: [{ messageId: 'm', answer: { first: true } }] }),
      startOf(executionOf('two')),
    )
    const results = await store.commit([
      writeOf(executionOf('one', { revision: 3 }), {
        inbox: [
          { messageId: 'new', answer: null },
          { messageId: 'm', answer: { second: true } },
        ],
      }),
      writeOf(executionOf('two', { revision: 3 }), { inbox: [{ messageId: 'm', answer: 2 }] }),
      writeOf(executionOf('two', { revision: 4 }), { inbox: [{ messageId: 'm', answer: 3 }] }),
      writeOf(executionOf('one', { revision: 3 }), {
        inbox: [
          { messageId: 'same', answer: 1 },
          { messageId: 'same', answer: 2 },
        ],
      }),
    ])
    expect(kindsOf(results)).toEqual(['duplicate', 'committed', 'duplicate', 'duplicate'])
    expect((await readOne(store, 'one'))?.revision).toBe(2)
    expect((await readOne(store, 'two'))?.revision).toBe(3)
    const keys = ['m', 'new', 'same'].map((messageId) => ({ executionId: 'one', messageId }))
    expect(await store.readInbox([...keys, { executionId: 'two', messageId: 'm' }])).toEqual([
      { first: true },
      undefined,
      undefined,
      2,
    ])
  })

  promised('a finished execution can be written to again', async ({ store }) => {
    const end = { status: 'failed', finishedAt: startAt + 1, updatedAt: startAt + 1 } as const
    await commitAll(store, startOf(executionOf('one', end)))
    const late = executionOf('one', { ...end, revision: 3, notes: 1, updatedAt: startAt + 99 })
    expect(kindsOf(await store.commit([writeOf(late, { expectedRevision: 1 })]))).toEqual([
      'conflict',
    ])
    await commitAll(store, writeOf(late))
    expect(await readOne(store, 'one')).toStrictEqual(late)
  })
}
