import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../test/infrastructure/postgres/postgres-for-tests.ts'
import { commandOf, executionOf, startOf, writeOf } from '../contract/builders.ts'
import type { SharedStore } from '../contract/sharing-subject.ts'
import type { ExecutionWrite } from '../store.ts'
import { planConnections } from './connection-options.ts'
import { openPostgresStore } from './postgres-store.ts'

let database: TestDatabase
let store: SharedStore
let session: Client

beforeAll(async () => {
  database = await createTestDatabase()
  store = await openPostgresStore({ url: database.url })
  await store.sharing.join({ id: 'a', name: 'a', leaseMs: 600_000 })
  const { config, schema } = planConnections({ url: database.url })
  session = new Client(config)
  await session.connect()
  await session.query(`SET search_path = ${schema}`)
  // As the connections that commits go through are told.
  for (const name of ['enable_seqscan', 'enable_bitmapscan'])
    await session.query(`SET ${name} = off`)
  await session.query('SET plan_cache_mode = force_generic_plan')
})

afterAll(async () => {
  await session.end()
  await store.close()
  await database.remove()
})

test('after a vacuum of the empty outbox a commit still looks its rows up', async () => {
  const ids = Array.from({ length: 200 }, (_, n) => `e${n}`)
  await commit((id) => startOf(executionOf(id), { outbox: { put: [commandOf(id, 1)] } }))
  const statement = await heardDuring(() =>
    commit((id) =>
      writeOf(executionOf(id, { revision: 3 }), {
        outbox: {
          remove: [`${id}:1`],
          withdraw: [`${id}:1`],
          postpone: [{ commandId: `${id}:9`, dueAt: 1, attempt: 2 }],
          put: [commandOf(id, 2)],
        },
      }),
    ),
  )
  await commit((id) =>
    writeOf(executionOf(id, { revision: 4 }), { outbox: { remove: [`${id}:2`] } }),
  )
  await session.query('VACUUM ANALYZE outbox')
  const { rows } = await session.query("SELECT reltuples FROM pg_class WHERE relname = 'outbox'")
  expect(rows).toContainEqual({ reltuples: 0 })

  await session.query(`PREPARE commit_of_batch AS ${statement}`)
  const parameters = Math.max(...[...statement.matchAll(/\$(\d+)/g)].map(([, n]) => Number(n)))
  const nulls = Array.from({ length: parameters }, () => 'NULL').join(', ')
  const plan = await session.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN EXECUTE commit_of_batch (${nulls})`,
  )
  const lines = plan.rows.map((row) => row['QUERY PLAN'])
  const scans = lines.flatMap((line, n) =>
    /Scan.* on outbox\b/.test(line) ? [`${line.trim()} | ${lines[n + 1]?.trim()}`] : [],
  )
  // Those removed, those postponed, and those that stay.
  expect(scans).toHaveLength(3)
  for (const scan of scans)
    expect(scan).toMatch(/Index Scan using outbox_by_execution .*Index Cond/)

  function commit(writeFor: (id: string) => ExecutionWrite) {
    return store.commit(ids.map(writeFor))
  }
})

/** The text of the commit that the store sends meanwhile. */
async function heardDuring(work: () => Promise<unknown>): Promise<string> {
  const query = Client.prototype.query
  let heard = ''
  Client.prototype.query = function listening(this: Client, ...given: unknown[]) {
    const [config] = given as [{ text?: string }?]
    if (config?.text?.startsWith('WITH clock') === true) heard = config.text
    return Reflect.apply(query, this, given)
  } as typeof query
  await work().finally(() => {
    Client.prototype.query = query
  })
  return heard
}
