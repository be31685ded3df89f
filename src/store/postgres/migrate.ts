import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Connections, Session } from './connections.ts'
import { violatedConstraint } from './postgres-errors.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  readonly checksum: string
  /** Programs that know the migrations up to this one work with a database that has seen this. */
  readonly compatibleWith: number
}

interface Applied {
  readonly number: number
  readonly name: string
  readonly checksum: string
  readonly compatible_with: number
}

const migrationsFolder = join(import.meta.dirname, 'migrations')
const fileName = /^(\d{4})-[a-z0-9-]+\.sql$/
const compatibility = /^-- compatible-with: (\d{4})$/m

/**
 * Brings the schema to the newest form: each numbered file that it has not seen, in order, all in one
 * transaction. Replicas that start at once wait for each other; those of the version before go on
 * meanwhile, since a migration only adds. What they need is taken away a version later, by a migration
 * that says so (`-- compatible-with: NNNN`, the oldest that still works; without it none before does).
 * Throws STORE_TOO_NEW.
 */
export async function migrate(
  connections: Connections,
  migrations: readonly Migration[] = readMigrations(),
): Promise<void> {
  await prepareSchema(connections)
  await connections.transaction(async (session) => {
    await session.run({ text: 'LOCK TABLE schema_migrations IN SHARE ROW EXCLUSIVE MODE' })
    const { rows } = await session.run<Applied>({
      text: `SELECT number, name, checksum, compatible_with FROM schema_migrations ORDER BY number`,
    })
    requireCompatible(rows, migrations)
    for (const migration of migrations.slice(rows.length)) await apply(session, migration)
  })
}

/** The migrations that come with this program. */
export function readMigrations(folder = migrationsFolder): readonly Migration[] {
  const names = readdirSync(folder).filter((name) => fileName.test(name))
  return names.toSorted().map((name, index) => {
    const number = Number(name.slice(0, 4))
    if (number !== index + 1) throw new Error(`migration ${name} is not number ${index + 1}`)
    return migrationOf(number, name, readFileSync(join(folder, name), 'utf8'))
  })
}

export function migrationOf(number: number, name: string, sql: string): Migration {
  const checksum = createHash('sha256').update(sql).digest('hex')
  const [, compatibleWith = String(number)] = compatibility.exec(sql) ?? []
  return { number, name, sql, checksum, compatibleWith: Number(compatibleWith) }
}

/** The place for migrations. IF NOT EXISTS can still fail when two make the same thing at once. */
async function prepareSchema(connections: Connections): Promise<void> {
  const known = await connections.read({ text: `SELECT to_regclass('schema_migrations') AS name` })
  if (known.some(({ name }) => name !== null)) return
  for (let attempt = 1; ; attempt += 1) {
    try {
      await connections.write({
        text: `CREATE SCHEMA IF NOT EXISTS ${connections.plan.schema}`,
      })
      await connections.write({
        text: `CREATE TABLE IF NOT EXISTS schema_migrations (
          number bigint PRIMARY KEY,
          name text NOT NULL,
          checksum text NOT NULL,
          compatible_with bigint NOT NULL,
          applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )`,
      })
      return
    } catch (error) {
      if (violatedConstraint(error) === undefined || attempt >= 10) throw error
    }
  }
}

function requireCompatible(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)
  for (const { number, name, checksum, compatible_with: compatibleWith } of applied) {
    const ours = migrations[number - 1]
    const isKnown =
      ours === undefined ? compatibleWith <= (newest?.number ?? 0) : ours.checksum === checksum
    if (!isKnown) throw tooNew(name, newest?.name)
  }
}

async function apply(session: Session, { number, name, sql, checksum, compatibleWith }: Migration) {
  await session.run({ text: sql })
  await session.run({
    text: `INSERT INTO schema_migrations (number, name, checksum, compatible_with)
      VALUES ($1, $2, $3, $4)`,
    values: [number, name, checksum, compatibleWith],
  })
}

function tooNew(found: string, newest: string | undefined): SignalboxError {
  return new SignalboxError(
    'STORE_TOO_NEW',
    `Expected a database with the migrations up to ${newest ?? 'none'} as this Signalbox knows them, ` +
      `found ${found}, which it does not know in this form.`,
    { details: { found, newest } },
  )
}
