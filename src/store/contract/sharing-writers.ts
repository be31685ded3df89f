import { expect } from 'vitest'
import { commitAll, kindsOf, readOne, readWholeOutbox } from './access.ts'
import { executionOf, startAt, startOf, writeOf } from './builders.ts'
import { letterOf } from './dead-letters.ts'
import { versionOf } from './flows.ts'
import { freeOf, joinAs, type SharedPromised } from './sharing-subject.ts'

const page = { after: 0, limit: 1_000 }

export function writerPromises(promised: SharedPromised): void {
  promised('what one has written, the others read at once', async (subject) => {
    const [first, second] = [await joinAs(subject, 'a'), await joinAs(subject, 'b')]
    await commitAll(first, startOf(executionOf('one', { key: 'K' }), { wakeAt: startAt }))
    expect(await readOne(second, 'one')).toStrictEqual(executionOf('one', { key: 'K' }))
    await commitAll(second, writeOf(executionOf('one', { key: 'K', revision: 3, node: 'B' })))
    expect((await readOne(first, 'one'))?.node).toBe('B')
    expect(await first.nextWakeAt()).toBeUndefined()
    expect(await first.nodeCounts('order')).toEqual(new Map([['B', 1]]))
    const stale = writeOf(executionOf('one', { key: 'K', revision: 3, node: 'Stale' }))
    expect(kindsOf(await first.commit([stale]))).toEqual(['conflict'])
  })

  promised('of writes at once to one execution, one goes through', async (subject) => {
    const stores = [await joinAs(subject, 'a'), await joinAs(subject, 'b'), await subject.open()]
    const [writer] = stores
    if (writer === undefined) throw new Error('there is no store')
    await commitAll(writer, startOf(executionOf('one')))
    for (let revision = 3; revision < 20; revision++) {
      const results = await Promise.all(
        stores.map((store, n) => {
          const put = [freeOf('one', revision * 10 + n)]
          const execution = executionOf('one', { revision, node: `N${n}` })
          return store.commit([writeOf(execution, { outbox: { put } })])
        }),
      )
      const kinds = results.flatMap(kindsOf)
      expect(kinds.toSorted()).toEqual(['committed', 'conflict', 'conflict'])
      expect((await readOne(writer, 'one'))?.node).toBe(`N${kinds.indexOf('committed')}`)
    }
    expect((await writer.readJournal('one', page)).facts).toHaveLength(19)
    expect(await readWholeOutbox(writer)).toHaveLength(17)
    expect((await writer.flowCounts()).get('order')?.byStatus).toEqual({ waiting: 1 })
  })

  promised('batches at once in any order get through, and agree', async (subject) => {
    const stores = [await joinAs(subject, 'a'), await joinAs(subject, 'b')]
    const ids = Array.from({ length: 30 }, (_, n) => `e${n}`)
    const batches = stores.map((store, n) => {
      const inOrder = n === 0 ? ids : ids.toReversed()
      const key = (id: string): { readonly key: string } => ({ key: id })
      return store.commit(
        inOrder.map((id) =>
          startOf(executionOf(id, { ...key(id), node: `N${n}` }), { uniqueKey: id }),
        ),
      )
    })
    const results = await Promise.all(batches)
    const won = results.map((list) => kindsOf(list).filter((kind) => kind === 'committed').length)
    expect(won.reduce((sum, count) => sum + count, 0)).toBe(ids.length)
    const [reader] = stores
    expect(await reader?.countExecutions({})).toBe(ids.length)
    const counts = (await reader?.nodeCounts('order')) ?? new Map<string, number>()
    expect(won.map((_, n) => counts.get(`N${n}`) ?? 0)).toEqual(won)
  })

  promised('a key at once has one owner, a message at once one answer', async (subject) => {
    const stores = [await joinAs(subject, 'a'), await joinAs(subject, 'b')]
    const starts = await Promise.all(
      stores.map((store, n) =>
        store.commit([startOf(executionOf(`e${n}`, { key: 'K' }), { uniqueKey: 'K' })]),
      ),
    )
    expect(starts.flatMap(kindsOf).toSorted()).toEqual(['committed', 'key-taken'])
    const [store] = stores
    if (store === undefined) throw new Error('there is no store')
    await commitAll(store, startOf(executionOf('one')))
    const inbox = [{ messageId: 'm', answer: 1 }]
    await commitAll(store, writeOf(executionOf('one', { revision: 3 }), { inbox }))
    const again = writeOf(executionOf('one', { revision: 4 }), { inbox })
    const [, other] = stores
    expect(kindsOf((await other?.commit([again])) ?? [])).toEqual(['duplicate'])
  })

  promised('the rows of one execution keep their order, whoever puts them', async (subject) => {
    const stores = [await joinAs(subject, 'a'), await joinAs(subject, 'b')]
    const [writer] = stores
    if (writer === undefined) throw new Error('there is no store')
    await commitAll(writer, startOf(executionOf('one')))
    const sequences: number[] = []
    for (let n = 3; n < 23; n++) {
      const store = stores[n % 2] ?? writer
      const put = [freeOf('one', n)]
      const [given] = await commitAll(
        store,
        writeOf(executionOf('one', { revision: n }), { outbox: { put } }),
      )
      sequences.push(...(given ?? []))
    }
    expect(sequences).toEqual(sequences.toSorted((left, right) => left - right))
    expect(new Set(sequences).size).toBe(20)
    expect((await readWholeOutbox(writer)).map(({ sequence }) => sequence)).toEqual(sequences)
  })

  promised('flows, positions and dead letters of all come together', async (subject) => {
    const stores = [await joinAs(subject, 'a'), await joinAs(subject, 'b')]
    const [reader] = stores
    if (reader === undefined) throw new Error('there is no store')
    const published = await Promise.all(
      stores.map((store) => store.publishFlow(versionOf('order', 'same'))),
    )
    expect(published.map(({ version }) => version)).toEqual([1, 1])
    const others = await Promise.all(
      stores.map((store, n) => store.publishFlow(versionOf('other', `h${n}`))),
    )
    expect(others.map(({ version }) => version).toSorted()).toEqual([1, 2])
    const positions = [7, 3].map((position) => new Map([['shop:events/0', position]]))
    await Promise.all(
      stores.map((store, n) => store.savePositions('shop', positions[n] ?? new Map())),
    )
    expect((await reader.readPositions('shop')).get('shop:events/0')).toBe(7)
    const letters = Array.from({ length: 20 }, (_, n) => letterOf(n))
    await Promise.all(
      stores.map((store, n) => store.putDeadLetters(n === 0 ? letters : letters.toReversed())),
    )
    expect(await reader.countDeadLetters()).toEqual(new Map([['shop', 20]]))
    const numbers = (await reader.listDeadLetters({ limit: 99 })).map(({ number }) => number)
    const removed = await Promise.all(stores.map((store) => store.removeDeadLetters(numbers)))
    expect(removed.reduce((sum, count) => sum + count, 0)).toBe(20)
    expect(await reader.countDeadLetters()).toEqual(new Map())
  })

  promised('of deletions at once, one deletes each execution', async (subject) => {
    const stores = [await joinAs(subject, 'a'), await joinAs(subject, 'b')]
    const [reader] = stores
    if (reader === undefined) throw new Error('there is no store')
    const ids = Array.from({ length: 20 }, (_, n) => `e${n}`)
    const end = { status: 'completed', finishedAt: startAt } as const
    await commitAll(reader, ...ids.map((id) => startOf(executionOf(id, end))))
    const deleted = await Promise.all(
      stores.map((store, n) => store.deleteExecutions(n === 0 ? ids : ids.toReversed())),
    )
    expect(deleted.flat().toSorted()).toEqual(ids.toSorted())
    expect(await reader.countExecutions({})).toBe(0)
    expect((await reader.flowCounts()).get('order')?.byStatus ?? {}).toEqual({})
  })
}
