import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from '../../test/infrastructure/postgres/postgres-for-tests.ts'
import type { Finding } from './doctor/finding.ts'
import { type Finished, runCommand, startServer } from './test/processes.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-doctor-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const nowhere = 'http://127.0.0.1:9'

function doctor(...args: readonly string[]): Promise<Finished> {
  return runCommand(['doctor', '--json', ...args], { cwd: folder })
}

function findingsOf({ stdout }: Finished): readonly Finding[] {
  return stdout
    .trim()
    .split('\n')
    .map((line): Finding => JSON.parse(line))
}

test('a running server on SQLite is well', async () => {
  const server = await startServer(['start'], { cwd: folder })
  const examined = await doctor('--url', server.url)
  await server.stop()
  const findings = findingsOf(examined)
  expect(findings.filter(({ level }) => level !== 'ok')).toEqual([])
  expect(new Set(findings.map(({ subject }) => subject))).toEqual(
    new Set([
      'configuration',
      'store',
      'schema',
      'disk',
      'server',
      'liveness ledger',
      'timers',
      'outbox',
      'incidents',
      'dead letters',
    ]),
  )
  expect(examined.code).toBe(0)
})

test('a damaged database and a server that is not there are told, with what to do', async () => {
  await writeFile(
    join(folder, 'bad.db'),
    'no database at all, though it has some length'.repeat(99),
  )
  const examined = await doctor('--store', 'sqlite:bad.db', '--url', nowhere)
  expect(findingsOf(examined)).toContainEqual({
    subject: 'store',
    level: 'problem',
    found: expect.stringContaining(`${join(folder, 'bad.db')} is damaged`),
    advice: expect.stringContaining('restore a backup'),
  })
  expect(findingsOf(examined)).toContainEqual(
    expect.objectContaining({ subject: 'server', level: 'warning' }),
  )
  expect(examined.code).toBe(1)
})

test('a database of somebody else is told as what it is', async () => {
  const database = new DatabaseSync(join(folder, 'other.db'))
  database.exec('CREATE TABLE things (id INTEGER)')
  database.close()
  const examined = await doctor('--store', 'sqlite:other.db', '--url', nowhere)
  expect(findingsOf(examined)).toContainEqual(
    expect.objectContaining({
      subject: 'store',
      level: 'problem',
      found: expect.stringContaining('no such table: schema_migrations'),
    }),
  )
  expect(examined.code).toBe(1)
})

test('a configuration that is wrong is a problem, not an end', async () => {
  const examined = await doctor('--port', 'many', '--url', nowhere)
  expect(findingsOf(examined)[0]).toMatchObject({ subject: 'configuration', level: 'problem' })
  expect(examined.code).toBe(1)
})

test('brokers and services that are away are problems', async () => {
  const channels = {
    shop: { type: 'kafka', brokers: '127.0.0.1:9', commands: 'out', events: 'in' },
    mail: { type: 'http', commands: 'http://127.0.0.1:9/commands' },
  }
  await writeFile(join(folder, 'signalbox.yaml'), JSON.stringify({ channels }))
  const findings = findingsOf(await doctor('--url', nowhere))
  expect(findings.filter(({ level }) => level === 'problem')).toMatchObject([
    { subject: 'channel shop', found: expect.stringContaining('expected a broker at 127.0.0.1:9') },
    { subject: 'channel mail', found: expect.stringContaining('http://127.0.0.1:9') },
  ])
})

test('PostgreSQL is looked at: version, schema, clock, connections, replicas', async () => {
  const database = await createTestDatabase()
  const store = ['--store', database.url]
  const empty = findingsOf(await doctor(...store, '--url', nowhere))
  expect(empty.find(({ subject }) => subject === 'schema')?.found).toMatch(/^0 migrations/)
  const server = await startServer(['start', ...store], {
    cwd: folder,
    env: { SIGNALBOX_REPLICA_NAME: 'blue' },
  })
  const findings = findingsOf(await doctor(...store, '--url', server.url))
  await server.stop()
  await database.remove()
  expect(findings.filter(({ level }) => level !== 'ok')).toEqual([])
  expect(findings).toContainEqual({ subject: 'replicas', level: 'ok', found: 'blue' })
  expect(findings.map(({ subject }) => subject)).toEqual(
    expect.arrayContaining(['store', 'schema', 'clock', 'round trip', 'connections']),
  )
  expect(JSON.stringify(findings)).not.toContain(new URL(database.url).password || 'no password')
})
