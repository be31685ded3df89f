import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { rowsOf } from './connection.ts'

interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  readonly checksum: string
}

const migrationsFolder = join(import.meta.dirname, 'migrations')
const fileName = /^(\d{4})-[a-z0-9-]+\.sql$/

/**
 * Brings the database to the newest schema: each numbered file that it has not seen, in order, in a
 * transaction of its own. Throws STORE_TOO_NEW when the database has seen a file that we do not have,
 * or one with another text.
 */
export function migrate(database: DatabaseSync): void {
  database.exec(`CREATE TABLE IF NOT EXISTS schema_migrations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL
  ) STRICT`)
  const migrations = readMigrations()
  const applied = rowsOf<{ number: number; name: string; checksum: string }>(
    database.prepare('SELECT number, name, checksum FROM schema_migrations ORDER BY number'),
  )
  for (const { number, name, checksum } of applied) {
    const ours = migrations[number - 1]
    if (ours?.checksum !== checksum) throw tooNew(name, migrations.at(-1)?.name)
  }
  for (const migration of migrations.slice(applied.length)) apply(database, migration)
}

/** How many this program knows. */
export function countMigrations(): number {
  return readMigrations().length
}

function readMigrations(): readonly Migration[] {
  const names = readdirSync(migrationsFolder).filter((name) => fileName.test(name))
  return names.toSorted().map((name, index) => {
    const number = Number(name.slice(0, 4))
    if (number !== index + 1) throw new Error(`migration ${name} is not number ${index + 1}`)
    const sql = readFileSync(join(migrationsFolder, name), 'utf8')
    return { number, name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
  })
}

function apply(database: DatabaseSync, migration: Migration): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    database.exec(migration.sql)
    database
      .prepare('INSERT INTO schema_migrations (number, name, checksum) VALUES (?, ?, ?)')
      .run(migration.number, migration.name, migration.checksum)
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function tooNew(found: string, newest: string | undefined): SignalboxError {
  return new SignalboxError(
    'STORE_TOO_NEW',
    `Expected a database with the migrations up to ${newest ?? 'none'} as this Signalbox knows them, ` +
      `found ${found}, which it does not know in this form.`,
    { details: { found, newest } },
  )
}
