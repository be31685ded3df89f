import type { Configuration } from '../../config/configuration.ts'
import { type Finding, ok, problem, reasonOf, warning } from './finding.ts'

const mebibyte = 1024 * 1024
/** Less than this is gone before somebody comes. */
const diskFreeBytesMin = 512 * mebibyte
/** Clocks further apart make times in journals and ages in metrics misleading. */
const clockDifferenceMsMax = 1_000
/** A commit waits for one round trip, several times an execution. */
const roundTripMsMax = 20

/** The store of the configuration, looked at without changing it. */
export async function examineStore({ store }: Configuration): Promise<readonly Finding[]> {
  switch (store.kind) {
    case 'memory':
      return [
        warning(
          'store',
          'memory: everything is gone when the process ends',
          'Set store.url to sqlite:PATH or postgres://…',
        ),
      ]
    case 'sqlite':
      return examineSqlite(store.path)
    case 'postgres':
      return examinePostgres(store.url)
  }
}

async function examineSqlite(path: string): Promise<readonly Finding[]> {
  const { inspectSqlite } = await import('../../store/sqlite/inspect-sqlite.ts')
  try {
    const { fileBytes, diskFreeBytes, migrations, damages } = inspectSqlite(path)
    const free = `${Math.floor(diskFreeBytes / mebibyte)} MiB free on the disk of ${path}`
    const disk =
      diskFreeBytes < diskFreeBytesMin
        ? problem('disk', free, 'Make room: without it commits are refused.')
        : ok('disk', free)
    if (fileBytes === undefined) {
      return [ok('store', `${path} is not there yet; the start makes it`), disk]
    }
    const soundness =
      damages.length === 0
        ? ok('store', `${path} is sound, ${Math.ceil(fileBytes / mebibyte)} MiB`)
        : problem(
            'store',
            `${path} is damaged: ${damages[0] ?? ''}`,
            'Stop Signalbox, keep the file, restore a backup: docs/operations/stores.md.',
          )
    return damages.length === 0 ? [soundness, examineSchema(migrations), disk] : [soundness, disk]
  } catch (error) {
    return [
      problem(
        'store',
        `expected an SQLite database at ${path}, found: ${reasonOf(error)}`,
        'Check path and permissions; restore a backup if the file is damaged.',
      ),
    ]
  }
}

async function examinePostgres(url: string): Promise<readonly Finding[]> {
  const { inspectPostgres } = await import('../../store/postgres/inspect-postgres.ts')
  try {
    const found = await inspectPostgres(url)
    const { clockAheadMs, roundTripMs, connections } = found
    const clock = `the clock of PostgreSQL is ${Math.abs(clockAheadMs)} ms ${clockAheadMs < 0 ? 'behind' : 'ahead'}`
    const used = `${connections.used} of ${connections.max} connections are in use`
    return [
      found.isReadOnly
        ? problem('store', `${found.place} is read-only`, 'Point store.url at the primary server.')
        : ok('store', `${found.place}, PostgreSQL ${found.serverVersion}`),
      examineSchema(found.migrations),
      Math.abs(clockAheadMs) > clockDifferenceMsMax
        ? warning('clock', clock, 'Synchronise the clocks of all machines (NTP).')
        : ok('clock', clock),
      roundTripMs > roundTripMsMax
        ? warning(
            'round trip',
            `${roundTripMs} ms to PostgreSQL and back`,
            'Bring replicas and database closer together: every commit waits for it.',
          )
        : ok('round trip', `${roundTripMs} ms to PostgreSQL and back`),
      connections.used > connections.max * 0.8
        ? warning(
            'connections',
            used,
            'Raise max_connections, or lower store.poolConnections times the number of replicas.',
          )
        : ok('connections', used),
      ok('replicas', found.replicas.length === 0 ? 'none' : found.replicas.join(', ')),
    ]
  } catch (error) {
    return [
      problem(
        'store',
        reasonOf(error),
        'Check that PostgreSQL runs, that this machine reaches it, and user and password of store.url.',
      ),
    ]
  }
}

function examineSchema({ applied, known }: { applied: number; known: number }): Finding {
  const found = `${applied} migrations are applied, this version knows ${known}`
  if (applied === known) return ok('schema', found)
  return applied < known
    ? ok('schema', `${found}; the next start applies the others`)
    : warning('schema', found, 'A newer Signalbox has been here: use that one.')
}
