import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { makeTemporaryFolder } from '../store/sqlite/testing/temporary-folder.ts'
import { readArchive } from './read-archive.ts'
import { archiveLines } from './testing/archive-lines.ts'

const program = join(import.meta.dirname, 'testing', 'retention-process.ts')
const ids = Array.from({ length: 3_000 }, (_, n) => `e${n}`)

let path = ''
let archive = ''
let remove = async (): Promise<void> => {}
const children: ChildProcess[] = []

beforeEach(async () => {
  const temporary = await makeTemporaryFolder()
  path = join(temporary.folder, 'store.db')
  archive = join(temporary.folder, 'archive')
  remove = temporary.remove
})
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill))
  await remove()
})

test('killed between archive and deletion, nothing is lost and nothing is read twice', async () => {
  const child = start('stop')
  expect(await nextMessage(child)).toBe('archived')
  await kill(child)
  expect(await storedIds()).toHaveLength(3_000)
  const before = await archivedIds()
  expect(before.length).toBeGreaterThan(0)

  const second = start()
  await until(second, 'done')
  expect(await storedIds()).toEqual([])
  // What the killed one wrote is there again; whoever reads gets it once.
  expect((await archiveLines(archive)).length).toBe(3_000 + before.length)
  expect(await archivedIds()).toEqual(ids.toSorted())
})

test('killed at any moment, every execution is stored or archived', async () => {
  for (const batches of [1, 2, 3, 5]) {
    const child = start()
    for (let batch = 0; batch < batches; batch++) {
      expect(await nextMessage(child)).toBe('archived')
    }
    await kill(child)
    const everywhere = new Set([...(await storedIds()), ...(await archivedIds())])
    expect([...everywhere].toSorted()).toEqual(ids.toSorted())
  }
  await until(start(), 'done')
  expect(await storedIds()).toEqual([])
  expect(await archivedIds()).toEqual(ids.toSorted())
})

function start(mode = ''): ChildProcess {
  const child = fork(program, [path, archive, mode], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  children.push(child)
  return child
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(() => ['ended'])
  const [message]: unknown[] = await Promise.race([once(child, 'message'), ended])
  return message
}

async function until(child: ChildProcess, wanted: string): Promise<void> {
  const exited = once(child, 'exit')
  let message: unknown
  do message = await nextMessage(child)
  while (message === 'archived')
  expect(message).toBe(wanted)
  await exited
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function storedIds(): Promise<readonly string[]> {
  const store = await openSqliteStore({ path })
  const executions = await store.readExecutions(ids)
  await store.close()
  return [...executions.keys()]
}

async function archivedIds(): Promise<readonly string[]> {
  const archived: string[] = []
  for await (const { execution, journal } of readArchive(archive)) {
    expect(journal).toHaveLength(execution.revision)
    archived.push(execution.id)
  }
  return archived.toSorted()
}
