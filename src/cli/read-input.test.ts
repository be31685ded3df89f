import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readTextAt } from './read-input.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-input-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a file is read as text, an empty one too', async () => {
  await writeFile(join(folder, 'a.txt'), 'così')
  await writeFile(join(folder, 'b.txt'), '')
  expect(await readTextAt(join(folder, 'a.txt'))).toBe('così')
  expect(await readTextAt(join(folder, 'b.txt'))).toBe('')
})

test.each([
  ['a file that is not there', 'missing', 'found none'],
  ['a folder', '', 'found a folder'],
])('%s is refused with the reason', async (_title, name, reason) => {
  const expected = { code: 'FILE_UNREADABLE', detail: expect.stringContaining(reason) }
  await expect(readTextAt(join(folder, name))).rejects.toMatchObject(expected)
})

test.skipIf(process.platform === 'win32')('a file without an end is not read to it', async () => {
  const expected = { code: 'FILE_UNREADABLE', detail: expect.stringContaining('more than') }
  await expect(readTextAt('/dev/zero')).rejects.toMatchObject(expected)
})
