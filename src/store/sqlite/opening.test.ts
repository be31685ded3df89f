import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { executionOf, startOf } from '../contract/builders.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { schemaOf } from './schema.ts'
import { makeTemporaryFolder } from './testing/temporary-folder.ts'

let folder = ''
let remove = async (): Promise<void> => {}

beforeEach(async () => {
  const temporary = await makeTemporaryFolder()
  folder = temporary.folder
  remove = temporary.remove
})
afterEach(() => remove())

const isUnavailable = (detail: RegExp) => ({
  code: 'STORE_UNAVAILABLE',
  detail: expect.stringMatching(detail),
})

test('the folder is made, and a store that is there is opened', async () => {
  const path = join(folder, 'a', 'b', 'store.db')
  for (const count of [0, 1]) {
    const store = await openSqliteStore({ path })
    expect(await store.countExecutions({})).toBe(count)
    await store.commit([startOf(executionOf(`e${count}`))])
    await store.close()
  }
})

test('the schema file says what the migrations make', async () => {
  const path = join(folder, 'store.db')
  await (await openSqliteStore({ path })).close()
  const database = new DatabaseSync(path)
  const schema = schemaOf(database)
  database.close()
  // After a new migration: node src/store/sqlite/schema.ts > src/store/sqlite/schema.sql
  expect(await readFile(join(import.meta.dirname, 'schema.sql'), 'utf8')).toBe(schema)
})

test.each([
  [
    'a migration of a newer version',
    `INSERT INTO schema_migrations VALUES (99, '0099-x.sql', 'x')`,
  ],
  ['another text of a migration', `UPDATE schema_migrations SET checksum = 'x'`],
])('%s is refused and nothing is touched', async (_, sql) => {
  const path = join(folder, 'store.db')
  const store = await openSqliteStore({ path })
  await store.commit([startOf(executionOf('one'))])
  await store.close()
  const database = new DatabaseSync(path)
  database.exec(sql)
  database.close()
  const before = await readFile(path)
  await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'STORE_TOO_NEW' })
  expect((await readFile(path)).equals(before)).toBe(true)
})

test('a file that is no database is refused and stays as it is', async () => {
  const path = join(folder, 'store.db')
  const text = 'A letter to my aunt. '.repeat(1_000)
  await writeFile(path, text)
  await expect(openSqliteStore({ path })).rejects.toMatchObject(isUnavailable(/not an SQLite/))
  expect(await readFile(path, 'utf8')).toBe(text)
})

test('a folder in place of the file is told', async () => {
  const path = join(folder, 'store.db')
  await mkdir(path)
  await expect(openSqliteStore({ path })).rejects.toMatchObject(isUnavailable(/cannot be opened/))
})

test('a folder that cannot be made is told', async () => {
  await writeFile(join(folder, 'file'), '')
  const path = join(folder, 'file', 'store.db')
  await expect(openSqliteStore({ path })).rejects.toMatchObject(isUnavailable(/make the folder/))
})

test.runIf(process.platform === 'linux')(
  'a file system that takes no folders is told',
  async () => {
    const opening = openSqliteStore({ path: '/proc/signalbox/store.db' })
    await expect(opening).rejects.toMatchObject(isUnavailable(/make the folder/))
  },
)

test('a damaged file is told, with the reason', async () => {
  const path = join(folder, 'store.db')
  const store = await openSqliteStore({ path })
  await store.commit(Array.from({ length: 2_000 }, (_, n) => startOf(executionOf(`e${n}`))))
  await store.close()
  const file = await open(path, 'r+')
  const { size } = await file.stat()
  // Everything but the schema: garbage.
  const garbage = Buffer.alloc(size - 100 * 4096, 0xee)
  await file.write(garbage, 0, garbage.length, 100 * 4096)
  await file.close()
  await expect(openSqliteStore({ path })).rejects.toMatchObject(isUnavailable(/damaged/))
})

test(
  'a lock of another program is waited for, and told when it stays',
  { timeout: 20_000 },
  async () => {
    const path = join(folder, 'store.db')
    const store = await openSqliteStore({ path })
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(store.probe()).rejects.toMatchObject(isUnavailable(/holds a lock/))
    other.exec('ROLLBACK')
    other.close()
    await store.probe()
    expect(await store.commit([startOf(executionOf('one'))])).toMatchObject([{ kind: 'committed' }])
    await store.close()
  },
)

test('a full disk refuses the commit, and the store goes on when there is room', async () => {
  const script = `
    const { openSqliteStore } = await import(${JSON.stringify(join(import.meta.dirname, 'sqlite-store.ts'))})
    const { executionOf, startOf } = await import(${JSON.stringify(join(import.meta.dirname, '..', 'contract', 'builders.ts'))})
    const store = await openSqliteStore({ path: ${JSON.stringify(join(folder, 'store.db'))}, thread: false })
    await store.commit([startOf(executionOf('small'))])
    const large = { text: 'x'.repeat(8_000_000) }
    const refused = await store.commit([startOf(executionOf('large', { input: large }))]).catch((error) => error.code)
    const [after] = await store.commit([startOf(executionOf('after'))])
    console.log(JSON.stringify([refused, after.kind, await store.countExecutions({})]))
    await store.close()`
  // A limit on the size of files is as good as a full disk: the write itself fails.
  const child = spawn(
    'sh',
    [
      '-c',
      `trap '' XFSZ; ulimit -f 8000; exec "$0" --input-type=module -e "$1"`,
      process.execPath,
      script,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  await once(child, 'close')
  expect(JSON.parse(output)).toEqual(['STORE_UNAVAILABLE', 'committed', 2])
})
