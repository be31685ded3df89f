import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ExecutionFilter } from '../store.ts'
import { commandOf, executionOf, startAt, startOf, writeOf } from '../contract/builders.ts'
import { contentsOf } from '../contract/contents.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { makeTemporaryFolder } from './testing/temporary-folder.ts'

const prepare = DatabaseSync.prototype.prepare
const texts = new Set<string>()
let path = ''
let remove = async (): Promise<void> => {}

beforeEach(async () => {
  const temporary = await makeTemporaryFolder()
  path = join(temporary.folder, 'store.db')
  remove = temporary.remove
  DatabaseSync.prototype.prepare = function listen(this: DatabaseSync, text): StatementSync {
    texts.add(text)
    return prepare.call(this, text)
  }
})
afterEach(async () => {
  DatabaseSync.prototype.prepare = prepare
  await remove()
})

const filters: readonly ExecutionFilter[] = [
  {},
  { flow: 'order' },
  { status: ['waiting', 'completed'] },
  { flow: 'order', node: 'Done' },
  { node: 'OrderCreated' },
  { key: 'K' },
  { q: 'K' },
  { incident: true },
  { startedAfter: startAt, updatedAfter: startAt, stage: 'open' },
]

/** What has few rows, however many executions there are. */
const small =
  /^SCAN (execution_counts|flow_activity|flow_versions|dead_letter_counts|schema_migrations|\(subquery)/

test('no statement reads through a table that grows', async () => {
  const store = await openSqliteStore({ path, thread: false })
  const end = { status: 'completed', node: 'Done', finishedAt: startAt, revision: 3 } as const
  await store.commit([
    startOf(executionOf('one', { key: 'K' }), {
      wakeAt: startAt,
      uniqueKey: 'K',
      searchTerms: ['K'],
      inbox: [{ messageId: 'm', answer: 1 }],
      outbox: { put: [commandOf('one', 1)] },
    }),
    startOf(executionOf('two')),
    writeOf(executionOf('two', end), { searchTerms: ['L'] }),
  ])
  await contentsOf(store, ['one', 'two'], ['m'])
  await store.readOutboxCommands(['one:1'])
  await store.findByKey('order', 'K')
  for (const filter of filters) {
    for (const sort of ['startedAt', '-startedAt', 'updatedAt', '-updatedAt'] as const) {
      const page = await store.listExecutions({ filter, sort, limit: 1 })
      const { nextCursor: cursor } = page
      if (cursor !== undefined) await store.listExecutions({ filter, sort, limit: 1, cursor })
    }
    await store.countExecutions(filter)
  }
  await store.close()

  const database = new DatabaseSync(path)
  const scans = [...texts].flatMap((text) => plansOf(database, text))
  database.close()
  expect(texts.size).toBeGreaterThan(60)
  expect(scans).toEqual([])
})

/** The parts of a statement's plan that read a whole table without an index. */
function plansOf(database: DatabaseSync, text: string): readonly string[] {
  if (!/^\s*(SELECT|UPDATE|DELETE|INSERT)/.test(text)) return []
  const plan = prepare.call(database, `EXPLAIN QUERY PLAN ${text}`)
  // Parameters that are not bound are null; the plan does not depend on them.
  const details = plan.all().map(({ detail }) => String(detail))
  return details
    .filter((detail) => detail.startsWith('SCAN') && !small.test(detail))
    .map((detail) => `${detail}: ${text}`)
}
