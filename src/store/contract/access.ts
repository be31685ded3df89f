import { expect } from 'vitest'
import type { Execution } from '../../kernel/model/execution.ts'
import type {
  ExecutionFilter,
  ExecutionQuery,
  ExecutionWrite,
  Store,
  WriteResult,
} from '../store.ts'

/** Commits writes that must all go through; answers the outbox sequences of each. */
export async function commitAll(
  store: Store,
  ...writes: readonly ExecutionWrite[]
): Promise<readonly (readonly number[])[]> {
  const results = await store.commit(writes)
  return results.map((result) => {
    expect(result.kind).toBe('committed')
    return result.kind === 'committed' ? result.outboxSequences : []
  })
}

export function kindsOf(results: readonly WriteResult[]): readonly string[] {
  return results.map(({ kind }) => kind)
}

export async function readOne(store: Store, id: string): Promise<Execution | undefined> {
  return (await store.readExecutions([id])).get(id)
}

/** Every due command of a channel, whenever it is due. */
export async function readWholeOutbox(store: Store, channel = 'shop') {
  return store.readOutbox({ channel, after: 0, dueBy: Number.MAX_SAFE_INTEGER, limit: 1_000 })
}

/** The ids of all pages, read with a page size; proves that no page is longer. */
export async function listIds(
  store: Store,
  filter: ExecutionFilter = {},
  sort: ExecutionQuery['sort'] = 'startedAt',
  limit = 100,
): Promise<readonly string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const query: ExecutionQuery = { filter, sort, limit }
    const page = await store.listExecutions(cursor === undefined ? query : { ...query, cursor })
    expect(page.items.length).toBeLessThanOrEqual(limit)
    expect(page.nextCursor === undefined || page.items.length === limit).toBe(true)
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return ids
}
