import { expect } from 'vitest'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Execution } from '../../kernel/model/execution.ts'
import type { ExecutionFilter, ExecutionQuery, Store } from '../store.ts'
import { commitAll, listIds } from './access.ts'
import { executionOf, startAt, startOf, writeOf } from './builders.ts'
import type { Promised } from './subject.ts'

const sorts = ['startedAt', '-startedAt', 'updatedAt', '-updatedAt'] as const

const some: readonly Execution[] = [
  executionOf('a', { startedAt: startAt + 1, updatedAt: startAt + 900, node: 'A', stage: 'open' }),
  executionOf('b', { startedAt: startAt + 2, updatedAt: startAt + 800, node: 'B', key: 'K' }),
  executionOf('c', {
    startedAt: startAt + 3,
    updatedAt: startAt + 7_000,
    finishedAt: startAt + 7_000,
    status: 'completed',
    node: 'Done',
    stage: 'done',
    version: 2,
  }),
  executionOf('d', {
    startedAt: startAt + 4,
    updatedAt: startAt + 6_000,
    status: 'incident',
    node: 'A',
    stage: 'open',
    flow: 'other',
    incident: {
      code: 'C',
      message: 'm',
      at: startAt,
      node: 'A',
      subject: { kind: 'node' },
    },
  }),
  executionOf('e', {
    startedAt: startAt + 5,
    updatedAt: startAt + 5_000,
    finishedAt: startAt + 5_000,
    status: 'failed',
    node: 'Lost',
    key: 'K',
    flow: 'other',
    version: 2,
  }),
]

const filters: readonly (readonly [ExecutionFilter, string])[] = [
  [{}, 'abcde'],
  [{ flow: 'order' }, 'abc'],
  [{ flow: 'none' }, ''],
  [{ version: 2 }, 'ce'],
  [{ flow: 'other', version: 2 }, 'e'],
  [{ status: ['waiting'] }, 'ab'],
  [{ status: ['completed', 'failed'] }, 'ce'],
  [{ status: ['waiting', 'incident'], flow: 'other' }, 'd'],
  [{ status: [] }, ''],
  [{ node: 'A' }, 'ad'],
  [{ node: 'A', flow: 'order' }, 'a'],
  [{ node: 'A', flow: 'order', status: ['failed'] }, ''],
  [{ stage: 'open' }, 'ad'],
  [{ stage: 'done', flow: 'order' }, 'c'],
  [{ key: 'K' }, 'be'],
  [{ key: 'K', flow: 'other', status: ['failed'] }, 'e'],
  [{ incident: true }, 'd'],
  [{ incident: true, flow: 'order' }, ''],
  [{ incident: false }, 'abce'],
  [{ incident: true, node: 'A', status: ['incident'] }, 'd'],
  [{ startedAfter: startAt + 3 }, 'de'],
  [{ startedBefore: startAt + 3 }, 'ab'],
  [{ startedAfter: startAt + 1, startedBefore: startAt + 4, flow: 'order' }, 'bc'],
  [{ updatedAfter: startAt + 5_000 }, 'cd'],
  [{ updatedBefore: startAt + 5_000 }, 'ab'],
  [{ updatedBefore: startAt + 900 }, 'b'],
  [{ updatedAfter: startAt + 800, updatedBefore: startAt + 6_000, status: ['waiting'] }, 'a'],
]

export function listingPromises(promised: Promised): void {
  promised(
    'every filter finds what it describes, in every order and page size',
    async (subject) => {
      const { store } = subject
      await commitAll(store, ...some.map((execution) => startOf(execution)))
      for (const [filter, letters] of filters) {
        expect(await store.countExecutions(filter), JSON.stringify(filter)).toBe(letters.length)
        for (const sort of sorts) {
          const expected = sortedIds(letters, sort)
          for (const limit of [1, 2, 100]) {
            const found = await listIds(store, filter, sort, limit)
            expect(found, `${JSON.stringify(filter)} by ${sort}`).toEqual(expected)
          }
        }
      }
    },
  )

  promised('filters follow what an execution has become', async ({ store }) => {
    await commitAll(store, ...some.map((execution) => startOf(execution)))
    const done = { status: 'rolled-back', node: 'Lost', stage: 'lost' } as const
    const end = { updatedAt: startAt + 9_999, finishedAt: startAt + 9_999, revision: 3 }
    await commitAll(store, writeOf({ ...executionOf('a', some[0]), ...done, ...end }))
    expect(await listIds(store, { status: ['waiting'], flow: 'order' })).toEqual(['b'])
    expect(await listIds(store, { status: ['rolled-back'] })).toEqual(['a'])
    expect(await listIds(store, { node: 'A' })).toEqual(['d'])
    expect(await listIds(store, { node: 'Lost' })).toEqual(['a', 'e'])
    expect(await listIds(store, { stage: 'lost' })).toEqual(['a'])
    expect(await listIds(store, { updatedAfter: startAt + 9_000 })).toEqual(['a'])
    expect(await listIds(store, {}, '-updatedAt')).toEqual(['a', 'c', 'd', 'e', 'b'])
  })

  promised('equal times are told apart: each one comes once', async ({ store }) => {
    const ids = Array.from({ length: 23 }, (_, n) => `e${n}`)
    await commitAll(store, ...ids.map((id) => startOf(executionOf(id))))
    for (const sort of sorts) {
      for (const limit of [1, 5, 23]) {
        const found = await listIds(store, { flow: 'order' }, sort, limit)
        expect(found.toSorted()).toEqual(ids.toSorted())
      }
    }
    const up = await listIds(store, {}, 'startedAt', 4)
    expect(await listIds(store, {}, '-startedAt', 7)).toEqual(up.toReversed())
  })

  promised('a cursor keeps its place while executions come and change', async ({ store }) => {
    const ids = Array.from({ length: 10 }, (_, n) => `e${n}`)
    const timesOf = (n: number) => ({ startedAt: startAt + n * 10, updatedAt: startAt + n * 10 })
    await commitAll(store, ...ids.map((id, n) => startOf(executionOf(id, timesOf(n)))))
    for (const sort of ['startedAt', '-startedAt'] as const) {
      const first = await page(store, sort, 4)
      const revision = sort === 'startedAt' ? 3 : 4
      await commitAll(
        store,
        ...ids.map((id, n) =>
          writeOf(executionOf(id, { ...timesOf(n), revision, updatedAt: startAt + 5_000 })),
        ),
        startOf(executionOf(`before-${sort}`, { startedAt: startAt - 100 - revision })),
        startOf(executionOf(`after-${sort}`, { startedAt: startAt + 1_000 + revision })),
      )
      const second = await page(store, sort, 100, first.cursor)
      const seen = [...first.ids, ...second.ids].filter((id) => id.startsWith('e'))
      expect(seen).toEqual(sort === 'startedAt' ? ids : ids.toReversed())
    }
  })

  promised('what changes behind a cursor neither hides nor repeats the rest', async ({ store }) => {
    const timesOf = (n: number) => ({ updatedAt: startAt + n * 10 })
    await commitAll(store, ...[0, 1, 2, 3, 4].map((n) => startOf(executionOf(`e${n}`, timesOf(n)))))
    const first = await page(store, '-updatedAt', 2)
    expect(first.ids).toEqual(['e4', 'e3'])
    await commitAll(
      store,
      writeOf(executionOf('e4', { revision: 3, updatedAt: startAt + 99_000 })),
      writeOf(executionOf('e1', { revision: 3, updatedAt: startAt + 99_000 })),
    )
    expect((await page(store, '-updatedAt', 10, first.cursor)).ids).toEqual(['e2', 'e0'])
  })

  promised('a malformed cursor is refused', async ({ store }) => {
    await commitAll(store, startOf(executionOf('a')), startOf(executionOf('b')))
    const good = (await page(store, 'startedAt', 1)).cursor ?? ''
    expect(good).toMatch(/^[\w-]+$/)
    const encoded = (text: string) => Buffer.from(text).toString('base64url')
    const malformed = [
      '',
      'x',
      `${good}x`,
      good.slice(0, -4),
      encoded('{}'),
      encoded('["startedAt"]'),
      encoded('["startedAt","1",2]'),
      encoded('["startedAt",1.5,2]'),
      encoded('["startedAt",1e400,2]'),
      "' OR 1=1",
      '💥',
    ]
    for (const cursor of malformed) {
      await expect(page(store, 'startedAt', 1, cursor), cursor).rejects.toThrow(SignalboxError)
      await expect(page(store, 'startedAt', 1, cursor)).rejects.toMatchObject({
        code: 'CURSOR_INVALID',
      })
    }
    await expect(page(store, '-startedAt', 1, good)).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    })
  })

  promised('the newest unfinished execution of a key is found first', async ({ store }) => {
    const end = { status: 'completed', finishedAt: startAt } as const
    await commitAll(
      store,
      startOf(executionOf('old', { key: 'K', startedAt: startAt + 1 })),
      startOf(executionOf('older', { key: 'K', startedAt: startAt })),
      startOf(executionOf('done', { key: 'K', startedAt: startAt + 2, ...end })),
      startOf(executionOf('other', { key: 'K', flow: 'other', startedAt: startAt + 3 })),
    )
    expect(await store.findByKey('order', 'K')).toBe('old')
    await commitAll(
      store,
      writeOf(executionOf('old', { key: 'K', startedAt: startAt + 1, revision: 3, ...end })),
    )
    expect(await store.findByKey('order', 'K')).toBe('older')
    await commitAll(
      store,
      writeOf(executionOf('older', { key: 'K', startedAt: startAt, revision: 3, ...end })),
    )
    expect(await store.findByKey('order', 'K')).toBe('done')
    expect(await store.findByKey('none', 'K')).toBeUndefined()
    expect(await store.findByKey('order', 'k')).toBeUndefined()
  })
}

async function page(store: Store, sort: ExecutionQuery['sort'], limit: number, cursor?: string) {
  const query = { filter: {}, sort, limit }
  const found = await store.listExecutions(cursor === undefined ? query : { ...query, cursor })
  return { ids: found.items.map(({ id }) => id), cursor: found.nextCursor }
}

function sortedIds(letters: string, sort: ExecutionQuery['sort']): readonly string[] {
  const field = sort.endsWith('startedAt') ? 'startedAt' : 'updatedAt'
  const sign = sort.startsWith('-') ? -1 : 1
  return some
    .filter(({ id }) => letters.includes(id))
    .toSorted((left, right) => sign * (left[field] - right[field]))
    .map(({ id }) => id)
}
