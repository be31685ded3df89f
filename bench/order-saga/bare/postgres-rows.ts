import { Pool } from 'pg'
import type { BareRows, BareTransition } from './bare-rows.ts'

/** The bare rows in PostgreSQL: one statement, which is one transaction, for a whole group. */
export class PostgresRows implements BareRows {
  readonly #pool: Pool

  private constructor(pool: Pool) {
    this.#pool = pool
  }

  static async open(url: string): Promise<PostgresRows> {
    const pool = new Pool({ connectionString: url, max: 4 })
    // Of connections that nobody uses, as when the server ends before they have; a query says it itself.
    pool.on('error', () => {})
    await pool.query(schema)
    return new PostgresRows(pool)
  }

  async write(transitions: readonly BareTransition[]): Promise<void> {
    const column = <Key extends keyof BareTransition>(key: Key) =>
      transitions.map((transition) => transition[key])
    await this.#pool.query({
      name: 'write',
      text: writeGroup,
      values: [
        column('executionId'),
        column('status'),
        column('node'),
        column('state'),
        column('revision'),
        column('at'),
        column('fact'),
        column('messageId'),
        transitions.map(({ command }) => command ?? null),
        transitions.flatMap(({ executionId, command }) =>
          command === undefined ? [executionId] : [],
        ),
      ],
    })
  }

  async countCompleted(): Promise<number> {
    const { rows } = await this.#pool.query<{ readonly n: string }>(
      `SELECT count(*) AS n FROM execution WHERE status = 'completed'`,
    )
    return Number(rows[0]?.n ?? 0)
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }
}

const schema = `
  CREATE TABLE IF NOT EXISTS execution (
    id text PRIMARY KEY, status text NOT NULL, node text NOT NULL, state text NOT NULL,
    revision integer NOT NULL, started_at bigint NOT NULL, updated_at bigint NOT NULL
  );
  CREATE TABLE IF NOT EXISTS journal (
    execution_id text NOT NULL, revision integer NOT NULL, fact text NOT NULL,
    PRIMARY KEY (execution_id, revision)
  );
  CREATE TABLE IF NOT EXISTS inbox (message_id text PRIMARY KEY, revision integer NOT NULL);
  CREATE TABLE IF NOT EXISTS outbox (
    execution_id text PRIMARY KEY, command text NOT NULL, data text NOT NULL
  );
`

/** An execution is in a group once: its next transition waits for this one's commit. */
const writeGroup = `
  WITH moved AS (
    SELECT * FROM unnest(
      $1::text[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::bigint[], $7::text[],
      $8::text[], $9::text[]
    ) AS t(id, status, node, state, revision, at, fact, message_id, command)
  ), executions AS (
    INSERT INTO execution SELECT id, status, node, state, revision, at, at FROM moved
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, node = excluded.node,
      state = excluded.state, revision = excluded.revision, updated_at = excluded.updated_at
  ), facts AS (
    INSERT INTO journal SELECT id, revision, fact FROM moved
  ), messages AS (
    INSERT INTO inbox SELECT message_id, revision FROM moved
  ), settled AS (
    DELETE FROM outbox WHERE execution_id = ANY($10::text[])
  )
  INSERT INTO outbox SELECT id, command, state FROM moved WHERE command IS NOT NULL
  ON CONFLICT (execution_id) DO UPDATE SET command = excluded.command, data = excluded.data
`
