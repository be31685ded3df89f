import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  createTestDatabase,
  type TestDatabase,
} from '../../../test/infrastructure/postgres/postgres-for-tests.ts'
import { startPostgres } from '../../../test/infrastructure/postgres/start-postgres.ts'
import { kindsOf } from '../contract/access.ts'
import { executionOf, startOf, writeOf } from '../contract/builders.ts'
import type { Store } from '../store.ts'
import { planConnections } from './connection-options.ts'
import { Connections } from './connections.ts'
import { migrate, migrationOf, readMigrations } from './migrate.ts'
import { openPostgresStore } from './postgres-store.ts'

let database: TestDatabase
const stores: Store[] = []

beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()))
  await database.remove()
})

async function open(): Promise<Store> {
  const store = await openPostgresStore({ url: database.url })
  stores.push(store)
  return store
}

test('replicas that start at once make the schema once', async () => {
  const opened = await Promise.all(Array.from({ length: 4 }, open))
  const applied = await database.query<{ number: string }>(
    'SELECT number FROM schema_migrations ORDER BY number',
  )
  expect(applied.map(({ number }) => Number(number))).toEqual(
    readMigrations().map(({ number }) => number),
  )
  for (const store of opened) await store.probe()
})

test('a migration that only adds runs while replicas of the version before write', async () => {
  const before = await open()
  await before.commit([startOf(executionOf('one'))])
  const ours = readMigrations()
  const next = migrationOf(
    ours.length + 1,
    'next.sql',
    `-- compatible-with: ${String(ours.length).padStart(4, '0')}\nALTER TABLE executions ADD COLUMN colour text`,
  )
  const connections = new Connections(planConnections({ url: database.url }))
  let revision = 2
  const state = { isMigrated: false }
  const writing = (async () => {
    do {
      revision += 1
      const kinds = kindsOf(await before.commit([writeOf(executionOf('one', { revision }))]))
      expect(kinds).toEqual(['committed'])
    } while (!state.isMigrated)
  })()
  await migrate(connections, [...ours, next])
  state.isMigrated = true
  await writing
  await connections.close()
  // And it starts again.
  const again = await open()
  expect((await again.readExecutions(['one'])).get('one')?.revision).toBe(revision)
})

test('a database that a newer version has changed for good is refused', async () => {
  await open()
  await database.query(
    `INSERT INTO schema_migrations (number, name, checksum, compatible_with)
      VALUES (9999, '9999-future.sql', 'x', 9999)`,
  )
  await expect(open()).rejects.toMatchObject({
    code: 'STORE_TOO_NEW',
    detail: expect.stringContaining('9999-future.sql'),
  })
  await database.query(`UPDATE schema_migrations SET compatible_with = 1 WHERE number = 9999`)
  await (await open()).probe()
  await database.query(`UPDATE schema_migrations SET checksum = 'other' WHERE number = 1`)
  await expect(open()).rejects.toMatchObject({ code: 'STORE_TOO_NEW' })
})

test('a store that cannot be reached says so at once, without its password', async () => {
  const url = 'postgres://somebody:hush-hush@127.0.0.1:1/nothing'
  const error = await openPostgresStore({ url }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' })
  expect(String(error)).toContain('127.0.0.1:1')
  expect(JSON.stringify(error) + String(error)).not.toContain('hush')
  const missing = new URL(database.url)
  missing.pathname = '/no_such_database'
  await expect(openPostgresStore({ url: missing.href })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    detail: expect.stringContaining('there is no such database'),
  })
})

test('a URL that says nothing sensible is refused, and not quoted', async () => {
  const odd = await openPostgresStore({ url: 'postgres//u:hush@h' }).catch(
    (thrown: unknown) => thrown,
  )
  expect(odd).toMatchObject({ code: 'CONFIG_INVALID' })
  expect(String(odd)).not.toContain('hush')
  await expect(openPostgresStore({ url: 'postgres://u@h/d?schema=a;b' })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  })
})

test('a store goes on by itself when its server was killed and is there again', async () => {
  const postgres = await startPostgres()
  try {
    const store = await openPostgresStore({ url: postgres.url })
    stores.push(store)
    await store.sharing.join({ id: 'a', name: 'a', leaseMs: 600_000 })
    const heard: string[] = []
    await store.sharing.listen(({ changed }) => heard.push(...changed.map(({ id }) => id)))
    await store.commit([startOf(executionOf('one'))])
    await postgres.kill()
    await expect(store.commit([startOf(executionOf('two'))])).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    })
    await expect(store.readExecutions(['one'])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await postgres.restart()
    expect(kindsOf(await store.commit([startOf(executionOf('two'))]))).toEqual(['committed'])
    expect([...(await store.readExecutions(['one', 'two'])).keys()]).toEqual(['one', 'two'])
    const other = await openPostgresStore({ url: postgres.url })
    stores.push(other)
    const notice = { changed: [{ id: 'x', revision: 1, finished: false }], channels: [] }
    while (heard.length === 0) await other.sharing.announce(notice)
    await Promise.all(stores.splice(0).map((opened) => opened.close()))
  } finally {
    await postgres.stop()
  }
})
