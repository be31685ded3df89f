import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { executionOf, factsOf, startAt } from '../store/contract/builders.ts'
import { makeTemporaryFolder } from '../store/sqlite/testing/temporary-folder.ts'
import { appendToArchive } from './append-to-archive.ts'
import type { ArchivedExecution } from './archive-file.ts'
import { readArchive } from './read-archive.ts'

let folder = ''
let remove = async (): Promise<void> => {}

beforeEach(async () => {
  const temporary = await makeTemporaryFolder()
  folder = temporary.folder
  remove = temporary.remove
})
afterEach(() => remove())

test('files of several replicas are read as one, each execution once', async () => {
  await appendToArchive(folder, 'a', [entryOf('one'), entryOf('two', 3)])
  await appendToArchive(folder, 'b', [entryOf('two', 4), entryOf('three')])
  await appendToArchive(folder, 'a', [entryOf('one'), entryOf('two', 2)])
  const archived = await collect(folder)
  expect(archived.map(({ execution }) => [execution.id, execution.revision])).toEqual([
    ['one', 2],
    ['two', 4],
    ['three', 2],
  ])
})

test('files that were compressed are read as well', async () => {
  await appendToArchive(folder, 'a', [entryOf('one'), entryOf('two')])
  const plain = join(folder, '2027-01-15.a.jsonl')
  await writeFile(`${plain}.gz`, gzipSync(await readFile(plain)))
  expect(await collect(folder)).toHaveLength(2)
  await rm(plain)
  expect(await collect(folder)).toHaveLength(2)
})

test('other files in the folder do not matter, empty lines neither', async () => {
  await appendToArchive(folder, 'a', [entryOf('one')])
  await writeFile(join(folder, 'README.md'), 'our archive')
  await mkdir(join(folder, 'lost+found'))
  await writeFile(join(folder, '2027-01-15.b.jsonl'), '\n\n')
  expect(await collect(folder)).toHaveLength(1)
})

test('a name that would lead elsewhere is made harmless', async () => {
  await appendToArchive(folder, '../../host:7700', [entryOf('one')])
  const file = join(folder, '2027-01-15.------host-7700.jsonl')
  expect((await readFile(file, 'utf8')).endsWith('}\n')).toBe(true)
})

test('what says nothing is told by file and line; the others are read', async () => {
  const file = join(folder, '2027-01-15.a.jsonl')
  await appendToArchive(folder, 'a', [entryOf('one')])
  await writeFile(file, 'nonsense\n{"journal":[]}\n[]\nnull\n', { flag: 'a' })
  await appendToArchive(folder, 'a', [entryOf('two')])
  const lines: number[] = []
  const archived = await collect(folder, {}, ({ file: path, line }) => {
    expect(path).toBe(file)
    lines.push(line)
  })
  expect(archived.map(({ execution }) => execution.id)).toEqual(['one', 'two'])
  expect(lines).toEqual([2, 3, 4, 5])
})

test('a folder or a file that cannot be read is told', async () => {
  const missing = join(folder, 'none')
  const unreadable = { code: 'FILE_UNREADABLE', detail: expect.stringContaining(missing) }
  await expect(collect(missing)).rejects.toMatchObject(unreadable)
  await writeFile(join(folder, '2027-01-15.a.jsonl.gz'), 'this is not compressed')
  await expect(collect(folder)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
  })
})

test('lines longer than any chunk come back whole', async () => {
  const input = { text: 'ä\u2028"\n'.repeat(300_000) }
  const execution = executionOf('large', { finishedAt: startAt, status: 'completed', input })
  const journal = factsOf(execution, 1)
  await appendToArchive(folder, 'a', [entryOf('small'), { execution, journal }])
  const archived = await collect(folder, { id: 'large' })
  expect(archived).toStrictEqual([{ execution, journal }])
})

function entryOf(id: string, revision = 2): ArchivedExecution {
  const execution = executionOf(id, { status: 'completed', finishedAt: startAt, revision })
  return { execution, journal: factsOf(execution, 1) }
}

async function collect(
  ...parameters: Parameters<typeof readArchive>
): Promise<readonly ArchivedExecution[]> {
  const all: ArchivedExecution[] = []
  for await (const archived of readArchive(...parameters)) all.push(archived)
  return all
}
