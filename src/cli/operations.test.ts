import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { runCommand, type Server, startServer } from './test/processes.ts'

/** The commands for operating, against a real server on a real file. */

const flows = join(import.meta.dirname, 'test')
let folder: string
let server: Server

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-operations-'))
  // As a Kafka channel leaves them: nobody else can put dead letters into a store.
  const store = await openSqliteStore({ path: join(folder, 'box.db') })
  const letter = {
    channel: 'shop',
    source: 'shop:events/0',
    receivedAt: Date.now(),
    code: 'EXECUTION_NOT_FOUND',
    detail: 'expected an execution, found none',
    encoding: 'utf8',
    headers: { sender: 'inventory' },
  } as const
  const value = JSON.stringify({ messageLabel: 'InventoryCheckOK', messagePayload: { shelf: 7 } })
  await store.putDeadLetters([
    { ...letter, position: 1, key: 'cli-1', value },
    { ...letter, position: 2, key: 'nobody', value },
    { ...letter, position: 3, code: 'EVENT_UNREADABLE', value: 'no JSON \u001b[31m' },
  ])
  await store.close()
  server = await startServer(['start', '--store', 'sqlite:box.db', '--flows', flows], {
    cwd: folder,
  })
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const run = (...args: readonly string[]) =>
  runCommand(args, { cwd: folder, env: { SIGNALBOX_URL: server.url } })

test('dead letters are listed, shown, sent again and removed', async () => {
  const listed = await run('dead-letters')
  expect(listed.stdout).toMatch(/NUMBER.*CODE/)
  expect(listed.stdout).toContain('EXECUTION_NOT_FOUND')
  const shown = await run('dead-letters', 'show', '3')
  expect(shown.stdout).toContain('EVENT_UNREADABLE')
  expect(shown.stdout).not.toContain('\u001b')

  await run('run', 'order', '--id', 'cli-1', '--input', '{"orderId":"cli-1"}', '--detach')
  const resent = await run('dead-letters', 'resend', '--all', '--code', 'EXECUTION_NOT_FOUND')
  expect(resent.stdout).toContain('1  applied  cli-1 is in InventoryChecked')
  expect(resent.stdout).toContain('2  stays    EXECUTION_NOT_FOUND')
  expect([resent.stderr.trim(), resent.code]).toEqual(['1 removed, 1 stay.', 1])

  expect((await run('dead-letters', 'remove', '2')).stderr).toBe('1 removed.\n')
  const both = await run('dead-letters', 'remove', '3', '--all')
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('found both')])
  const correction = ['--execution', 'cli-1', '--event', 'PaymentOK', '--data', '{}']
  const corrected = await run('dead-letters', 'resend', '3', ...correction, '--json')
  expect(JSON.parse(corrected.stdout)).toMatchObject({ number: 3, applied: true, removed: true })
  expect((await run('dead-letters')).stderr).toBe('No dead letters.\n')
})

test('replicas of a store of its own are told', async () => {
  expect((await run('replicas')).stderr).toContain("a sqlite store is nobody else's")
  expect(JSON.parse((await run('replicas', '--json')).stdout)).toMatchObject({ shared: false })
})

test('a backup is made while the server runs, and is a database', async () => {
  const made = await run('backup', '--store', 'sqlite:box.db', '--to', 'copy.db', '--json')
  expect(JSON.parse(made.stdout)).toMatchObject({ path: join(folder, 'copy.db') })
  const store = await openSqliteStore({ path: join(folder, 'copy.db') })
  expect((await store.readExecutions(['cli-1'])).size).toBe(1)
  await store.close()
  const again = await run('backup', '--store', 'sqlite:box.db', '--to', 'copy.db')
  expect(again.stderr).toContain('BACKUP_FAILED')
  const memory = await run('backup', '--store', 'memory:', '--to', 'x.db')
  expect([memory.code, memory.stderr]).toEqual([2, expect.stringContaining('REQUEST_INVALID')])
})

test('retention runs on a copy, and what it deleted is in the archive', async () => {
  const done = await run('run', 'order', '--id', 'old', '--input', '{"orderId":"old"}', '--detach')
  expect(done.code).toBe(0)
  await run('cancel', 'old', '--reason', 'test')
  await run('backup', '--store', 'sqlite:box.db', '--to', 'aged.db')
  const refused = await run('retention', 'run', '--store', 'sqlite:aged.db')
  expect(refused.stderr).toContain('retention.finishedAfterDays')
  const result = await runCommand(['retention', 'run', '--store', 'sqlite:aged.db', '--json'], {
    cwd: folder,
    env: { SIGNALBOX_RETENTION_DAYS: '0.000001', SIGNALBOX_RETENTION_ARCHIVE: 'archive' },
  })
  expect(JSON.parse(result.stdout)).toEqual({ deleted: 2, owing: 0 })
  const archived = await run('archive', 'show', 'archive', '--id', 'old', '--json')
  expect(JSON.parse(archived.stdout)).toMatchObject({ execution: { id: 'old' } })
  expect((await run('archive', 'archive', '--id', 'other')).stderr).toContain('No execution')
})
