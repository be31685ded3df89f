import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../test/infrastructure/postgres/postgres-for-tests.ts'
import { executionOf, startAt, startOf } from '../contract/builders.ts'
import type { SharedStore } from '../contract/sharing-subject.ts'
import type { ExecutionFilter } from '../store.ts'
import { openPostgresStore } from './postgres-store.ts'

const stored = 100_000
const sorts = ['startedAt', '-startedAt', 'updatedAt', '-updatedAt'] as const
const filters: readonly ExecutionFilter[] = [
  {},
  { flow: 'order' },
  { status: ['waiting'] },
  { flow: 'order', status: ['completed', 'failed'] },
  { flow: 'order', node: 'N3' },
  { key: 'key-77' },
  { q: 'key-77' },
  { incident: true },
  { flow: 'order', updatedAfter: startAt + 40_000_000 },
]

let database: TestDatabase
let store: SharedStore
const query = Client.prototype.query
const asked = new Map<string, { readonly text: string; readonly values: readonly unknown[] }>()

beforeAll(async () => {
  database = await createTestDatabase()
  store = await openPostgresStore({ url: database.url })
  await store.commit([startOf(executionOf('first', { key: 'key-0' }))])
  await database.query(`
    INSERT INTO executions (number, id, flow, version, kind, key, slot, has_incident, needs_command,
      started_at, finished_at, updated_second, updated_at, revision, status, node, input, state, details)
    SELECT nextval('executions_number'), 'e' || n, CASE n % 5 WHEN 0 THEN 'other' ELSE 'order' END, 1,
      'saga', 'key-' || n, n % 256, n % 1000 = 0, false, ${startAt} + n * 100,
      CASE WHEN n % 20 = 0 THEN NULL ELSE ${startAt} + n * 500 END,
      (${startAt} + n * 500) / 1000, ${startAt} + n * 500, 2,
      (ARRAY['completed', 'failed', 'waiting'])[CASE n % 20 WHEN 0 THEN 3 ELSE 1 + n % 2 END],
      'N' || n % 7, '{}', '{}', '{"visits":1,"visited":[],"commandsIssued":0}'
    FROM generate_series(1, ${stored}) AS n`)
  await database.query(`
    INSERT INTO execution_counts
      (flow, version, status, node, stage, count, incidents, last_activity_at)
    SELECT flow, version, status, node, '', count(*), 0, 0 FROM executions
    WHERE id <> 'first' GROUP BY flow, version, status, node`)
  await database.query('ANALYZE executions')
}, 120_000)

afterAll(async () => {
  Client.prototype.query = query
  await store.close()
  await database.remove()
})

test(`every list of ${stored} executions follows an index, and reads few of them`, async () => {
  listen()
  for (const filter of filters) {
    for (const sort of sorts) {
      const page = await store.listExecutions({ filter, sort, limit: 20 })
      const { nextCursor: cursor } = page
      if (cursor !== undefined) await store.listExecutions({ filter, sort, limit: 20, cursor })
    }
  }
  Client.prototype.query = query
  expect(asked.size).toBeGreaterThan(40)
  const far: string[] = []
  for (const { text, values } of asked.values()) {
    const rows = await database.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (ANALYZE, TIMING OFF) ${text}`,
      values,
    )
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    if (/Seq Scan on executions/.test(plan) || mostRowsOf(plan) > stored / 10) far.push(plan)
  }
  expect(far).toEqual([])
}, 120_000)

/** Notes the statements that ask for executions, as the store sends them. */
function listen(): void {
  Client.prototype.query = function listening(this: Client, ...given: unknown[]) {
    const [config] = given as [{ text?: string; values?: readonly unknown[] }?]
    if (config?.text?.includes('WITH f AS MATERIALIZED') === true) {
      asked.set(`${config.text} ${JSON.stringify(config.values)}`, {
        text: config.text,
        values: config.values ?? [],
      })
    }
    return Reflect.apply(query, this, given)
  } as typeof query
}

/** The most rows that any part of the plan has read, thrown away ones among them. */
function mostRowsOf(plan: string): number {
  const counts = [
    ...plan.matchAll(/actual rows=([\d.]+) loops=(\d+)|Rows Removed by Filter: (\d+)/g),
  ]
  return Math.max(
    ...counts.map(([, rows, loops, removed]) =>
      removed === undefined ? Number(rows) * Number(loops) : Number(removed),
    ),
  )
}
