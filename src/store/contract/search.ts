import { expect } from 'vitest'
import { commitAll, listIds } from './access.ts'
import { executionOf, startAt, startOf, writeOf } from './builders.ts'
import type { Promised } from './subject.ts'
import { oddNames } from './values.ts'

export function searchPromises(promised: Promised): void {
  promised('q finds ids and keys exactly', async ({ store }) => {
    await commitAll(
      store,
      startOf(executionOf('Order-1', { key: 'K1' })),
      startOf(executionOf('order-10', { key: 'Order-1' })),
      startOf(executionOf('other', { flow: 'other', key: 'K1' })),
    )
    expect(await listIds(store, { q: 'Order-1' })).toEqual(['Order-1', 'order-10'])
    expect(await listIds(store, { q: 'K1' })).toEqual(['Order-1', 'other'])
    expect(await listIds(store, { q: 'K1', flow: 'other' })).toEqual(['other'])
    expect(await listIds(store, { q: 'k1' })).toEqual([])
    expect(await listIds(store, { q: 'order-1' })).toEqual([])
    expect(await listIds(store, { q: '' })).toEqual([])
  })

  promised('q finds the beginnings of search terms without regard to case', async ({ store }) => {
    await commitAll(
      store,
      startOf(executionOf('one'), { searchTerms: ['Ada Lovelace', 'ada@example.org', ''] }),
      startOf(executionOf('two'), { searchTerms: ['ADAM', 'ÉCOLE', 'cafe\u0301'] }),
      startOf(executionOf('three'), { searchTerms: [] }),
      startOf(executionOf('four')),
    )
    expect(await listIds(store, { q: 'ada' })).toEqual(['one', 'two'])
    expect(await listIds(store, { q: 'ADA L' })).toEqual(['one'])
    expect(await listIds(store, { q: 'adam' })).toEqual(['two'])
    expect(await listIds(store, { q: 'école' })).toEqual(['two'])
    expect(await listIds(store, { q: 'CAFÉ' })).toEqual(['two'])
    expect(await listIds(store, { q: 'lovelace' })).toEqual([])
    expect(await store.countExecutions({ q: 'ada' })).toBe(2)
  })

  promised('odd characters stand for themselves', async ({ store }) => {
    const writes = oddNames.map((name, index) =>
      startOf(executionOf(`e${index}`, { startedAt: startAt + index }), { searchTerms: [name] }),
    )
    await commitAll(store, ...writes)
    for (const name of oddNames) {
      const expected = oddNames.flatMap((other, n) => (other.startsWith(name) ? [`e${n}`] : []))
      expect(await listIds(store, { q: name.toUpperCase() })).toEqual(expected)
    }
    expect(await listIds(store, { q: '1%' })).toEqual([])
    expect(await listIds(store, { q: '100_' })).toEqual([])
    expect(await listIds(store, { q: '*' })).toEqual([])
  })

  promised('search terms stay until new ones come', async ({ store }) => {
    await commitAll(store, startOf(executionOf('one'), { searchTerms: ['red', 'green'] }))
    await commitAll(store, writeOf(executionOf('one', { revision: 3 })))
    expect(await listIds(store, { q: 'red' })).toEqual(['one'])
    const terms = { searchTerms: ['green', 'blue', 'Blue'] }
    await commitAll(store, writeOf(executionOf('one', { revision: 4 }), terms))
    expect(await listIds(store, { q: 'red' })).toEqual([])
    expect(await listIds(store, { q: 'green' })).toEqual(['one'])
    expect(await listIds(store, { q: 'blue' })).toEqual(['one'])
    await commitAll(store, writeOf(executionOf('one', { revision: 5 }), { searchTerms: [] }))
    expect(await listIds(store, { q: 'blue' })).toEqual([])
  })

  promised('very long terms are found by their beginning', async ({ store }) => {
    const term = 'long '.repeat(10_000)
    await commitAll(store, startOf(executionOf('one'), { searchTerms: [term] }))
    expect(await listIds(store, { q: term.slice(0, 150) })).toEqual(['one'])
  })

  promised('a term that everything has is paged through in order', async ({ store }) => {
    const total = 12_000
    for (let first = 0; first < total; first += 2_000) {
      const writes = Array.from({ length: 2_000 }, (_, index) => {
        const n = first + index
        const times = { startedAt: startAt + n, updatedAt: startAt - n }
        return startOf(executionOf(`e${n}`, times), { searchTerms: ['same', `even-${n % 2}`] })
      })
      await commitAll(store, ...writes)
    }
    for (const sort of ['-startedAt', 'updatedAt'] as const) {
      const page = await store.listExecutions({ filter: { q: 'same' }, sort, limit: 3 })
      expect(page.items.map(({ id }) => id)).toEqual(['e11999', 'e11998', 'e11997'])
    }
    expect(await store.countExecutions({ q: 'SAME' })).toBe(total)
    expect(await store.countExecutions({ q: 'even-1', flow: 'order' })).toBe(total / 2)
  })
}
