import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commandOf, executionOf, startOf } from '../contract/builders.ts'
import { contentsOf } from '../contract/contents.ts'
import { backupSqlite } from './backup-sqlite.ts'
import { checkSqlite } from './check-sqlite.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { makeTemporaryFolder } from './testing/temporary-folder.ts'

const writerProgram = join(import.meta.dirname, 'testing', 'writer-process.ts')

let folder = ''
let path = ''
let to = ''
let remove = async (): Promise<void> => {}

beforeEach(async () => {
  const temporary = await makeTemporaryFolder()
  folder = temporary.folder
  path = join(folder, 'store.db')
  to = join(folder, 'backups', 'one.db')
  remove = temporary.remove
})
afterEach(() => remove())

const failed = (detail: string) => ({
  code: 'BACKUP_FAILED',
  detail: expect.stringContaining(detail),
})

test('VACUUM INTO of any SQLite tool is a backup, too', async () => {
  const store = await openSqliteStore({ path, synchronous: 'normal' })
  const ids = Array.from({ length: 400 }, (_, n) => `e${n}`)
  const commits = ids.map((id) =>
    store.commit([startOf(executionOf(id, { key: id }), { outbox: { put: [commandOf(id, 1)] } })]),
  )
  await commits[100]
  // The commits that follow run in the store's thread while this thread makes the backup.
  const database = new DatabaseSync(path)
  database.exec(`VACUUM INTO '${join(folder, 'copy.db')}'`)
  database.close()
  await Promise.all(commits)
  await store.close()
  expect(await expectOneMoment(join(folder, 'copy.db'), ids)).toBeGreaterThan(100)
})

test('a backup is one moment, and writes go on while it is made', async () => {
  const store = await openSqliteStore({ path, synchronous: 'normal' })
  const ids = Array.from({ length: 3_000 }, (_, n) => `e${n}`)
  const write = async (id: string): Promise<unknown> =>
    store.commit([startOf(executionOf(id, { key: id }), { outbox: { put: [commandOf(id, 1)] } })])
  for (const id of ids.slice(0, 1_500)) await write(id)
  const shares: number[] = []
  const backingUp = backupSqlite({ path, to, onProgress: (share) => shares.push(share) })
  const done: string[] = []
  const whenDone = backingUp.then(() => done.push('done'))
  const during: string[] = []
  for (const id of ids.slice(1_500)) {
    await write(id)
    if (done.length > 0) break
    during.push(id)
  }
  await whenDone
  const { sizeBytes } = await backingUp
  await store.close()
  expect(during.length, 'commits while it was made').toBeGreaterThan(0)
  expect(sizeBytes).toBeGreaterThan(1_000_000)
  expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true)
  expect(await readdir(join(folder, 'backups'))).toEqual(['one.db'])
  expect(await expectOneMoment(to, ids)).toBeGreaterThanOrEqual(1_500)
})

test('a process that writes without end is backed up, and restored where it was', async () => {
  const child: ChildProcess = fork(writerProgram, [path], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  /** Numbers of executions whose writes were answered. */
  const answered: number[] = []
  child.on('message', (message) => answered.push(Number(message) || 0))
  await untilLength(answered, 200)
  const atLeast = answered.at(-1) ?? 0
  // Small steps: without a hold on one moment, each commit in between would begin the copy anew.
  const shares: number[] = []
  await backupSqlite({ path, to, pagesPerStep: 1, onProgress: (share) => shares.push(share) })
  expect(shares.length).toBeGreaterThan(5)
  expect(shares).toEqual(shares.toSorted((left, right) => left - right))
  await untilLength(answered, answered.length + 20)
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
  const restored = await openSqliteStore({ path: to })
  const count = await restored.countExecutions({})
  expect(count).toBeGreaterThanOrEqual(atLeast)
  const id = `e${atLeast}`
  expect((await restored.readExecutions([id])).get(id)?.node).toBe('B')
  await restored.commit([startOf(executionOf('after-the-restore'))])
  expect(await restored.countExecutions({})).toBe(count + 1)
  await restored.close()
  expect(checkSqlite(to, 'full')).toEqual([])
})

test('what has the name already is never replaced', async () => {
  await makeStore()
  to = join(folder, 'taken.db')
  await writeFile(to, 'precious')
  await expect(backupSqlite({ path, to })).rejects.toMatchObject(failed('taken.db exists'))
  await expect(backupSqlite({ path, to: path })).rejects.toMatchObject(failed('store.db exists'))
  expect(await readFile(to, 'utf8')).toBe('precious')
  expect(checkSqlite(path)).toEqual([])
})

test('a database that is not there is told, and none is made', async () => {
  const missing = { code: 'STORE_UNAVAILABLE', detail: expect.stringContaining('found no file') }
  await expect(backupSqlite({ path, to })).rejects.toMatchObject(missing)
  expect(() => checkSqlite(path)).toThrow(/found no file/)
  expect(await readdir(folder)).toEqual([])
})

test('a place that cannot be written to is told', async () => {
  await makeStore()
  await writeFile(join(folder, 'file'), '')
  const inFile = { path, to: join(folder, 'file', 'one.db') }
  await expect(backupSqlite(inFile)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
})

test('a damaged database is found, and no backup of it takes the name', async () => {
  await makeStore()
  const file = await open(path, 'r+')
  const { size } = await file.stat()
  const middle = Math.floor(size / 4096 / 2) * 4096
  await file.write(Buffer.alloc(4096, 0xee), 0, 4096, middle)
  await file.close()
  expect(checkSqlite(path).join()).toMatch(/malformed|page|tree/i)
  await expect(backupSqlite({ path, to })).rejects.toMatchObject(failed('damaged'))
  expect(await readdir(join(folder, 'backups'))).toEqual([])
})

test('a sound database is found so while it is open', async () => {
  const store = await openSqliteStore({ path })
  await store.commit([startOf(executionOf('one'))])
  expect(checkSqlite(path)).toEqual([])
  expect(checkSqlite(path, 'full')).toEqual([])
  await store.commit([startOf(executionOf('two'))])
  await store.close()
})

async function untilLength(list: readonly unknown[], length: number): Promise<void> {
  while (list.length < length) await setImmediate()
}

async function makeStore(): Promise<void> {
  const store = await openSqliteStore({ path, synchronous: 'normal' })
  await store.commit(Array.from({ length: 500 }, (_, n) => startOf(executionOf(`e${n}`))))
  await store.close()
}

/** Proves that a copy is as its original was after some commit; answers after how many. */
async function expectOneMoment(copy: string, ids: readonly string[]): Promise<number> {
  const backup = await openSqliteStore({ path: copy })
  const { count, executions, outbox, nodes } = await contentsOf(backup, ids)
  await backup.close()
  expect([...executions.keys()]).toEqual(ids.slice(0, count))
  expect(nodes).toEqual([new Map([['OrderCreated', count]])])
  expect(outbox).toMatchObject([{ channel: 'shop', commands: { length: count } }])
  return count
}
