import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { commandOf, executionOf, startOf } from '../contract/builders.ts'
import { contentsOf } from '../contract/contents.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { makeTemporaryFolder } from './testing/temporary-folder.ts'

test('a backup made while the store is written to is one consistent moment', async () => {
  const { folder, remove } = await makeTemporaryFolder()
  const path = join(folder, 'store.db')
  const backupPath = join(folder, 'backup.db')
  const store = await openSqliteStore({ path, synchronous: 'normal' })
  const ids = Array.from({ length: 400 }, (_, n) => `e${n}`)
  const commits = ids.map((id) =>
    store.commit([startOf(executionOf(id, { key: id }), { outbox: { put: [commandOf(id, 1)] } })]),
  )
  await commits[100]
  // The commits that follow run in the store's thread while this thread makes the backup.
  const database = new DatabaseSync(path)
  database.exec(`VACUUM INTO '${backupPath}'`)
  database.close()
  await Promise.all(commits)
  await store.close()

  const backup = await openSqliteStore({ path: backupPath })
  const { count, executions, outbox, nodes } = await contentsOf(backup, ids)
  await backup.close()
  await remove()
  expect(count).toBeGreaterThan(100)
  expect([...executions.keys()]).toEqual(ids.slice(0, count))
  expect(nodes).toEqual([new Map([['OrderCreated', count]])])
  expect(outbox).toMatchObject([{ channel: 'shop', commands: { length: count } }])
})
