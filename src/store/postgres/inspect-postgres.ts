import { planConnections } from './connection-options.ts'
import { Connections } from './connections.ts'
import { readMigrations } from './migrate.ts'

/** A database as it is found, without changing it and beside whoever uses it. */
export interface PostgresInspection {
  /** Host, database and schema, without user and password. */
  readonly place: string
  readonly serverVersion: string
  readonly isReadOnly: boolean
  /** How far the server's clock is ahead of this machine's. */
  readonly clockAheadMs: number
  /** How long one question and its answer took. */
  readonly roundTripMs: number
  readonly connections: { readonly used: number; readonly max: number }
  readonly migrations: { readonly applied: number; readonly known: number }
  /** Names of replicas whose lease has not ended. */
  readonly replicas: readonly string[]
}

interface ServerRow {
  readonly version: string
  readonly is_read_only: boolean
  readonly now_ms: number
  readonly used: number
  readonly max: number
  readonly has_schema: boolean
}

const serverStatement = `SELECT
  current_setting('server_version') AS version,
  pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS is_read_only,
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now_ms,
  (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
  current_setting('max_connections')::int AS max,
  to_regclass('schema_migrations') IS NOT NULL AS has_schema`

/** Throws STORE_UNAVAILABLE and CONFIG_INVALID. */
export async function inspectPostgres(url: string): Promise<PostgresInspection> {
  const plan = planConnections({ url, poolConnections: 1, statementTimeoutMs: 10_000 })
  const connections = new Connections(plan)
  try {
    // The first one pays for the connection.
    await connections.read({ text: 'SELECT 1' })
    const askedAt = Date.now()
    const [server] = await connections.read<ServerRow>({ text: serverStatement })
    const roundTripMs = Date.now() - askedAt
    if (server === undefined) throw new Error('expected a row')
    const { has_schema: hasSchema } = server
    return {
      place: plan.place,
      serverVersion: server.version,
      isReadOnly: server.is_read_only,
      clockAheadMs: Math.round(server.now_ms - (askedAt + roundTripMs / 2)),
      roundTripMs,
      connections: { used: server.used, max: server.max },
      migrations: {
        applied: hasSchema ? await countApplied(connections) : 0,
        known: readMigrations().length,
      },
      replicas: hasSchema ? await readReplicas(connections) : [],
    }
  } finally {
    await connections.close()
  }
}

async function countApplied(connections: Connections): Promise<number> {
  const [row] = await connections.read<{ count: number }>({
    text: 'SELECT count(*)::int AS count FROM schema_migrations',
  })
  return row?.count ?? 0
}

async function readReplicas(connections: Connections): Promise<readonly string[]> {
  const rows = await connections.read<{ name: string }>({
    text: 'SELECT name FROM replicas WHERE lease_until > clock_timestamp() ORDER BY id',
  })
  return rows.map(({ name }) => name)
}
