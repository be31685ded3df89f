import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Execution } from '../kernel/model/execution.ts'
import { commitAll, listIds } from '../store/contract/access.ts'
import {
  commandOf,
  executionOf,
  factsOf,
  startAt,
  startOf,
  writeOf,
} from '../store/contract/builders.ts'
import { openMemoryStore } from '../store/memory/memory-store.ts'
import { openSharedMemory } from '../store/memory/memory-for-replicas.ts'
import { makeTemporaryFolder } from '../store/sqlite/testing/temporary-folder.ts'
import type { Store } from '../store/store.ts'
import type { ArchivedExecution } from './archive-file.ts'
import { type ArchiveQuery, readArchive, type UnreadableLine } from './read-archive.ts'
import { type RetentionRun, runRetention } from './run-retention.ts'
import { archiveLines } from './testing/archive-lines.ts'

const dayMs = 24 * 3_600_000
let archive = ''
let remove = async (): Promise<void> => {}

beforeEach(async () => {
  const temporary = await makeTemporaryFolder()
  archive = join(temporary.folder, 'archive')
  remove = temporary.remove
})
afterEach(() => remove())

test('what ended long enough ago goes, the rest stays', async () => {
  const store = await openMemoryStore()
  await commitAll(
    store,
    startOf(endedOf('old', 0)),
    startOf(endedOf('edge', dayMs)),
    startOf(endedOf('young', dayMs + 1)),
    startOf(executionOf('open')),
  )
  const run = runOf(store, { options: { finishedAfterMs: dayMs }, now: () => startAt + 2 * dayMs })
  expect(await runRetention(run)).toEqual({ deleted: 1, owing: 0 })
  expect(await listIds(store)).toEqual(['edge', 'young', 'open'])
  expect(await runRetention({ ...run, options: { archive } })).toEqual({ deleted: 0, owing: 0 })
  expect(await listIds(store)).toHaveLength(3)
})

test('the archive has each execution whole, in the file of the day on which it ended', async () => {
  const store = await openMemoryStore()
  const input = { text: 'new\nline, \u2028 separator, ünïcode' }
  const long = endedOf('long', 0, { input, revision: 2_500 })
  await commitAll(store, startOf(long), startOf(endedOf('late', dayMs)), startOf(endedOf('b', 0)))
  expect(await runRetention(runOf(store))).toEqual({ deleted: 3, owing: 0 })
  expect((await readdir(archive)).toSorted()).toEqual([
    '2027-01-15.replica-1.jsonl',
    '2027-01-16.replica-1.jsonl',
  ])
  const archived = await collect()
  expect(archived.map(({ execution }) => execution.id)).toEqual(['long', 'b', 'late'])
  expect(archived[0]).toStrictEqual({ execution: long, journal: factsOf(long, 1) })
  expect(await collect({ id: 'b' })).toHaveLength(1)
  expect(await collect({ from: '2027-01-16' })).toHaveLength(1)
  expect(await collect({ until: '2027-01-15', flow: 'order' })).toHaveLength(2)
  expect(await collect({ key: 'none' })).toEqual([])
})

test('it goes in small batches, with pauses, and stops when it is told to', async () => {
  const store = await openMemoryStore()
  const ended = Array.from({ length: 230 }, (_, n) => startOf(endedOf(`e${n}`, n)))
  await commitAll(store, ...ended)
  const sizes: number[] = []
  const pauses: number[] = []
  const stopping = new AbortController()
  const observed: Store = wrap(store, {
    deleteExecutions: (ids) => {
      sizes.push(ids.length)
      return store.deleteExecutions(ids)
    },
  })
  const run = runOf(observed, {
    signal: stopping.signal,
    pause: async (ms) => {
      pauses.push(ms)
      if (pauses.length === 2) stopping.abort()
    },
  })
  expect(await runRetention(run)).toEqual({ deleted: 200, owing: 0 })
  expect(sizes).toEqual([100, 100])
  expect(pauses.every((ms) => ms > 0)).toBe(true)
  const again = runOf(observed)
  expect(await runRetention(again)).toEqual({ deleted: 30, owing: 0 })
  expect(await archiveLines(archive)).toHaveLength(230)
})

test('executions that owe commands stay, hold nobody up, and are not archived', async () => {
  const store = await openMemoryStore()
  const owing = Array.from({ length: 170 }, (_, n) => {
    const execution = endedOf(`owing${n}`, 0, { commandsIssued: 2 })
    return startOf(execution, { outbox: { put: [commandOf(`owing${n}`, 2)] } })
  })
  const free = Array.from({ length: 30 }, (_, n) => startOf(endedOf(`free${n}`, 1)))
  await commitAll(store, ...owing, ...free)
  expect(await runRetention(runOf(store))).toEqual({ deleted: 30, owing: 170 })
  expect(await archiveLines(archive)).toHaveLength(30)
  expect(await store.countExecutions({})).toBe(170)
})

test('what changes while it is archived is not deleted', async () => {
  const store = await openMemoryStore()
  const execution = endedOf('one', 0)
  await commitAll(store, startOf(execution))
  let reads = 0
  const changing = wrap(store, {
    readExecutions: async (ids) => {
      // The line is written; before the deletion a late event leaves a note.
      reads += 1
      if (reads === 1) await commitAll(store, writeOf({ ...execution, revision: 3 }))
      return store.readExecutions(ids)
    },
  })
  expect((await runRetention(runOf(changing))).deleted).toBe(0)
  expect((await runRetention(runOf(changing))).deleted).toBe(1)
  expect(await archiveLines(archive)).toHaveLength(2)
  const [archived, ...others] = await collect()
  expect(others).toEqual([])
  expect(archived?.execution.revision).toBe(3)
  expect(archived?.journal).toHaveLength(3)
})

test('what cannot be archived is not deleted', async () => {
  const store = await openMemoryStore()
  await commitAll(store, startOf(endedOf('one', 0)))
  await writeFile(archive, 'a file where a folder should be')
  await expect(runRetention(runOf(store))).rejects.toThrow(/EEXIST|ENOTDIR/)
  expect(await store.countExecutions({})).toBe(1)
  const truncated = wrap(store, { readJournal: async () => ({ facts: [] }) })
  const elsewhere = { finishedAfterMs: 1_000, archive: `${archive}-2` }
  expect((await runRetention(runOf(truncated, { options: elsewhere }))).deleted).toBe(0)
  expect(await store.countExecutions({})).toBe(1)
})

test('a line that a crash has cut off is passed over, and the next one begins anew', async () => {
  const store = await openMemoryStore()
  await commitAll(store, startOf(endedOf('one', 0)))
  await mkdir(archive)
  const file = join(archive, '2027-01-15.replica-1.jsonl')
  await writeFile(file, '{"format":1,"execution":{"id":"cut","revi')
  await runRetention(runOf(store))
  const unreadable: unknown[] = []
  const ids = (await collect({}, (line) => unreadable.push(line))).map(
    ({ execution }) => execution.id,
  )
  expect(ids).toEqual(['one'])
  expect(unreadable).toEqual([{ file, line: 1 }])
})

test("two with the same name do not spoil each other's lines", async () => {
  const memory = openSharedMemory({ now: () => startAt })
  const stores = [await memory.open(), await memory.open()]
  const input = { text: 'long '.repeat(40_000) }
  const ended = Array.from({ length: 60 }, (_, n) => startOf(endedOf(`e${n}`, n, { input })))
  await commitAll(await memory.open(), ...ended)
  await Promise.all(stores.map((store) => runRetention(runOf(store))))
  const unreadable: unknown[] = []
  expect(await collect({}, (line) => unreadable.push(line))).toHaveLength(60)
  expect(unreadable).toEqual([])
})

test('several replicas at once delete each execution once and lose none', async () => {
  const memory = openSharedMemory({ now: () => startAt })
  const stores = [await memory.open(), await memory.open(), await memory.open()]
  const ended = Array.from({ length: 200 }, (_, n) => startOf(endedOf(`e${n}`, n)))
  const [first] = stores
  if (first === undefined) throw new Error('there is no store')
  await commitAll(first, ...ended)
  const results = await Promise.all(
    stores.map((store, n) => runRetention(runOf(store, { replicaName: `replica-${n}` }))),
  )
  expect(results.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(200)
  expect(await first.countExecutions({})).toBe(0)
  const ids = (await collect()).map(({ execution }) => execution.id)
  expect(ids).toHaveLength(200)
  expect(new Set(ids).size).toBe(200)
})

function endedOf(id: string, delay: number, over: Partial<Execution> = {}): Execution {
  return executionOf(id, { status: 'completed', finishedAt: startAt + delay, ...over })
}

function runOf(store: Store, over: Partial<RetentionRun> = {}): RetentionRun {
  return {
    store,
    options: { finishedAfterMs: 1_000, archive },
    replicaName: 'replica-1',
    now: () => startAt + 30 * dayMs,
    pause: async () => {},
    signal: new AbortController().signal,
    ...over,
  }
}

/** A real store with some of its methods observed. */
function wrap(store: Store, over: Partial<Store>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const observed: unknown = Reflect.get(over, name)
      if (observed !== undefined) return observed
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

async function collect(
  query: ArchiveQuery = {},
  onUnreadable?: (line: UnreadableLine) => void,
): Promise<readonly ArchivedExecution[]> {
  const all: ArchivedExecution[] = []
  for await (const archived of readArchive(archive, query, onUnreadable)) all.push(archived)
  return all
}
