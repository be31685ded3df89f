import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../test/infrastructure/postgres/postgres-for-tests.ts'
import { kindsOf, readOne } from '../contract/access.ts'
import { commandOf, executionOf, startOf, writeOf } from '../contract/builders.ts'
import type { SharedStore } from '../contract/sharing-subject.ts'
import { openPostgresStore } from './postgres-store.ts'

let database: TestDatabase
const stores: SharedStore[] = []

beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()))
  await database.remove()
})

async function open(): Promise<SharedStore> {
  const store = await openPostgresStore({ url: database.url })
  stores.push(store)
  return store
}

test('a write that has waited for a lock sees what its holder has committed', async () => {
  const store = await open()
  await store.commit([startOf(executionOf('one')), startOf(executionOf('two'))])
  // The other writer, step by step: it has written, and not yet committed.
  await database.query('BEGIN')
  await database.query(`UPDATE executions SET revision = 3, node = 'Other' WHERE id = 'one'`)
  const late = store.commit([
    writeOf(executionOf('one', { revision: 3, node: 'Late' }), {
      outbox: { put: [commandOf('one', 1)] },
    }),
    writeOf(executionOf('two', { revision: 3, node: 'Late' })),
  ])
  await untilSomebodyWaits()
  await database.query('COMMIT')
  expect(kindsOf(await late)).toEqual(['conflict', 'committed'])
  expect((await readOne(store, 'one'))?.node).toBe('Other')
  expect(await store.readOutboxCommands(['one:1'])).toEqual([])
})

test('a write goes on when the holder of the lock has given up', async () => {
  const store = await open()
  await store.commit([startOf(executionOf('one'))])
  await database.query('BEGIN')
  await database.query(`UPDATE executions SET revision = 3 WHERE id = 'one'`)
  const late = store.commit([writeOf(executionOf('one', { revision: 3, node: 'Late' }))])
  await untilSomebodyWaits()
  await database.query('ROLLBACK')
  expect(kindsOf(await late)).toEqual(['committed'])
})

test('a deadlock is met again until it is none', async () => {
  const store = await open()
  await store.commit(['a', 'b'].map((id) => startOf(executionOf(id))))
  await database.query('BEGIN')
  await database.query(`SELECT 1 FROM executions WHERE id = 'b' FOR UPDATE`)
  const write = store.commit(
    ['a', 'b'].map((id) => writeOf(executionOf(id, { revision: 3, node: 'B' }))),
  )
  await untilSomebodyWaits()
  // Against the order of all: the store's statement or this one is the victim.
  const victim = await database.query(`SELECT 1 FROM executions WHERE id = 'a' FOR UPDATE`).then(
    () => 'store',
    () => 'other',
  )
  await database.query('ROLLBACK')
  expect(['store', 'other']).toContain(victim)
  expect(kindsOf(await write)).toEqual(['committed', 'committed'])
  expect(await store.nodeCounts('order')).toEqual(new Map([['B', 2]]))
})

test("writers in each other's way lose nothing and count right", async () => {
  const writers = await Promise.all([open(), open(), open()])
  const ids = Array.from({ length: 8 }, (_, n) => `e${n}`)
  await writers[0]?.commit(ids.map((id) => startOf(executionOf(id))))
  const perWriter = 12
  const committed = await Promise.all(
    writers.map(async (store, n) => {
      let count = 0
      for (let round = 0; round < perWriter; round += 1) {
        const stored = await store.readExecutions(ids)
        const writes = [...stored.values()].map(({ id, revision }) =>
          writeOf(executionOf(id, { revision: revision + 1, node: `N${n}` })),
        )
        const results = await store.commit(n % 2 === 0 ? writes : writes.toReversed())
        count += results.filter(({ kind }) => kind === 'committed').length
      }
      return count
    }),
  )
  const [store] = writers
  const stored = [...((await store?.readExecutions(ids)) ?? new Map()).values()]
  const written = stored.reduce((sum, { revision }) => sum + revision - 2, 0)
  expect(written).toBe(committed.reduce((sum, count) => sum + count, 0))
  const nodes = [...((await store?.nodeCounts('order')) ?? new Map<string, number>()).values()]
  expect(nodes.reduce((sum, count) => sum + count, 0)).toBe(ids.length)
  for (const { id, revision } of stored) {
    const page = await store?.readJournal(id, { after: 0, limit: 1_000 })
    expect(page?.facts.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: revision }, (_, n) => n + 1),
    )
  }
})

/** Until a statement of the store waits for a lock that the test holds. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const [row] = await database.query<{ count: string }>(
      `SELECT count(*) FROM pg_locks WHERE NOT granted
        AND pid <> pg_backend_pid() AND pg_backend_pid() = ANY (pg_blocking_pids(pid))`,
    )
    if (Number(row?.count) > 0) return
  }
}
