import type { PoolConfig } from 'pg'
import { SignalboxError } from '../../errors/signalbox-error.ts'

export interface PostgresStoreOptions {
  /**
   * `postgres://user:password@host:port/database`. Beside PostgreSQL's own parameters, such as
   * `sslmode`, it may have `schema`: where the tables are, if not in `signalbox`.
   */
  readonly url: string
  /** For reads; commits, claims with leases, and notices have two each besides. The default is 6. */
  readonly poolConnections?: number
  /** How long a statement may take. The default is 30 s. */
  readonly statementTimeoutMs?: number
  /** How long to wait for a connection. The default is 5 s. */
  readonly connectTimeoutMs?: number
}

/** Where the store is, as it may be shown and as the driver needs it. */
export interface ConnectionPlan {
  /** For people: no user, no password. */
  readonly place: string
  readonly schema: string
  readonly config: PoolConfig
  readonly poolConnections: number
}

const schemaPattern = /^[a-z_][a-z0-9_]{0,62}$/

/** Reads the URL. Throws CONFIG_INVALID. */
export function planConnections(options: PostgresStoreOptions): ConnectionPlan {
  const url = readUrl(options.url)
  const schema = url.searchParams.get('schema') ?? 'signalbox'
  if (!schemaPattern.test(schema)) {
    throw new SignalboxError(
      'CONFIG_INVALID',
      `Expected schema in the store's URL to be lower-case letters, digits and _, found ${JSON.stringify(schema)}.`,
    )
  }
  url.searchParams.delete('schema')
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000
  return {
    place: `${url.protocol}//${url.host}${url.pathname} (schema ${schema})`,
    schema,
    poolConnections: options.poolConnections ?? 6,
    config: {
      connectionString: url.href,
      application_name: 'signalbox',
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
      // The server ends a statement; where it does not answer at all, we do, a little later.
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + 2_000,
      // A replica that is stopped in the middle of a transaction must not hold its locks for ever.
      idle_in_transaction_session_timeout: statementTimeoutMs,
    },
  }
}

function readUrl(text: string): URL {
  if (!URL.canParse(text)) {
    // It is not quoted: it may hold a password.
    throw new SignalboxError(
      'CONFIG_INVALID',
      'Expected the store to be a URL such as postgres://user@host:5432/database, found none.',
    )
  }
  return new URL(text)
}
