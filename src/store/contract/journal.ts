import { expect } from 'vitest'
import type { Store } from '../store.ts'
import { commitAll } from './access.ts'
import { executionOf, factsOf, startOf, writeOf } from './builders.ts'
import type { Promised } from './subject.ts'

/** Revisions after each write: entries of different lengths, so that pages cut through them. */
const revisions = [2, 3, 7, 8, 20, 21]
const total = 21

export function journalPromises(promised: Promised): void {
  promised('the journal is read in pages of any size, across writes', async ({ store }) => {
    await commitJournal(store, 'one')
    const facts = factsOf(executionOf('one', { revision: total }), 1)
    for (let limit = 1; limit <= total + 1; limit++) {
      for (let after = 0; after <= total; after++) {
        const page = await store.readJournal('one', { after, limit })
        const expected = facts.slice(after, after + limit)
        expect(page.facts.map(({ fact }) => fact)).toStrictEqual(expected)
        expect(page.facts.map(({ sequence }) => sequence)).toEqual(
          expected.map((_, index) => after + index + 1),
        )
        const end = after + expected.length
        expect(page.next).toBe(end < total && expected.length > 0 ? end : undefined)
      }
    }
  })

  promised('journals of executions written together stay apart', async ({ store }) => {
    await commitAll(store, startOf(executionOf('a')), startOf(executionOf('b')))
    await commitAll(
      store,
      writeOf(executionOf('a', { revision: 3 })),
      writeOf(executionOf('b', { revision: 4 }), { expectedRevision: 2 }),
      writeOf(executionOf('a', { revision: 4 })),
    )
    for (const id of ['a', 'b']) {
      const { facts } = await store.readJournal(id, { after: 0, limit: 10 })
      expect(facts.map(({ fact }) => fact)).toStrictEqual(
        factsOf(executionOf(id, { revision: 4 }), 1),
      )
    }
  })

  promised('a page beyond the end is empty', async ({ store }) => {
    await commitJournal(store, 'one')
    expect(await store.readJournal('one', { after: total, limit: 5 })).toEqual({ facts: [] })
    expect(await store.readJournal('one', { after: 1_000, limit: 5 })).toEqual({ facts: [] })
  })
}

async function commitJournal(store: Store, id: string): Promise<void> {
  let expectedRevision = 0
  for (const revision of revisions) {
    await commitAll(store, writeOf(executionOf(id, { revision }), { expectedRevision }))
    expectedRevision = revision
  }
}
