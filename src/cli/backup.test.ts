import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommand, startServer } from './test/processes.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-backup-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

test('the database of a running server is backed up, and a server starts from the copy', async () => {
  const server = await startServer(['start', '--store', 'sqlite:one.db'], { cwd: folder })
  const args = ['backup', 'copy.db', '--store', 'sqlite:one.db']
  const made = await runCommand([...args, '--json'], { cwd: folder })
  expect(made.code, made.stderr).toBe(0)
  expect(JSON.parse(made.stdout)).toMatchObject({ path: join(folder, 'copy.db') })
  const again = await runCommand(args, { cwd: folder })
  expect(again.code).toBe(2)
  expect(again.stderr).toContain('copy.db exists')
  await server.stop()
  const restored = await startServer(['start', '--store', 'sqlite:copy.db'], { cwd: folder })
  await restored.stop()
  expect((await readdir(folder)).filter((name) => name.includes('unfinished'))).toEqual([])
})

test('a store that is no file says what to do instead', async () => {
  const refused = await runCommand(['backup', 'copy.db', '--store', 'memory:'], { cwd: folder })
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('docs/operations/backup.md')
})
