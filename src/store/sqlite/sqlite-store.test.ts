import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { storeContract } from '../contract.ts'
import type { StoreSubject } from '../contract/subject.ts'
import type { Store } from '../store.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { makeTemporaryFolder } from './testing/temporary-folder.ts'

storeContract('sqlite', () => openSubject(true))
storeContract('sqlite (in the thread of its caller)', () => openSubject(false))

async function openSubject(thread: boolean): Promise<StoreSubject> {
  const { folder, remove } = await makeTemporaryFolder()
  const path = join(folder, 'new', 'store.db')
  // The power is not cut in these tests, and they open many stores.
  const open = (): Promise<Store> => openSqliteStore({ path, synchronous: 'normal', thread })
  let store = await open()
  return {
    store,
    reopen: async () => {
      await store.close()
      store = await open()
      return store
    },
    refuseNthRow: async (n) => refuseNthRow(path, n),
    cleanup: async () => {
      await store.close()
      await remove()
    },
  }
}

/**
 * Makes SQLite itself refuse: triggers, put in by a second connection, count the rows written. The
 * count goes back with the transaction that fails.
 */
function refuseNthRow(path: string, n: number): { end(): Promise<void> } {
  const database = new DatabaseSync(path, { timeout: 1_000 })
  const tables = database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .all()
    .map(({ name }) => String(name))
  const triggers = tables.flatMap((table) =>
    ['INSERT', 'UPDATE', 'DELETE'].map((verb) => ({
      name: `refuse_${table}_${verb}`,
      table,
      verb,
    })),
  )
  database.exec(`CREATE TABLE rows_left (count INTEGER); INSERT INTO rows_left VALUES (${n});`)
  for (const { name, table, verb } of triggers) {
    database.exec(`CREATE TRIGGER ${name} BEFORE ${verb} ON ${table} BEGIN
      UPDATE rows_left SET count = count - 1;
      SELECT RAISE(ABORT, 'refused') FROM rows_left WHERE count <= 0;
    END`)
  }
  return {
    end: async () => {
      for (const { name } of triggers) database.exec(`DROP TRIGGER ${name}`)
      database.exec('DROP TABLE rows_left')
      database.close()
    },
  }
}
