import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { BareRows, BareTransition } from './bare-rows.ts'

/** The bare rows in SQLite: WAL, full sync, on the thread that asks for it. */
export class SqliteRows implements BareRows {
  readonly #database: DatabaseSync
  readonly #insertExecution: StatementSync
  readonly #updateExecution: StatementSync
  readonly #insertFact: StatementSync
  readonly #insertMessage: StatementSync
  readonly #putCommand: StatementSync
  readonly #removeCommand: StatementSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync

  constructor(path: string) {
    this.#database = new DatabaseSync(path)
    this.#database.exec(schema)
    const prepare = (sql: string) => this.#database.prepare(sql)
    this.#insertExecution = prepare('INSERT INTO execution VALUES (?, ?, ?, ?, ?, ?, ?)')
    this.#updateExecution = prepare(
      'UPDATE execution SET status = ?, node = ?, state = ?, revision = ?, updated_at = ? WHERE id = ?',
    )
    this.#insertFact = prepare('INSERT INTO journal VALUES (?, ?, ?)')
    this.#insertMessage = prepare('INSERT INTO inbox VALUES (?, ?)')
    this.#putCommand = prepare('INSERT OR REPLACE INTO outbox VALUES (?, ?, ?)')
    this.#removeCommand = prepare('DELETE FROM outbox WHERE execution_id = ?')
    this.#begin = prepare('BEGIN IMMEDIATE')
    this.#commit = prepare('COMMIT')
  }

  write(transitions: readonly BareTransition[]): Promise<void> {
    this.#begin.run()
    for (const transition of transitions) this.#writeOne(transition)
    this.#commit.run()
    return Promise.resolve()
  }

  #writeOne({ executionId, revision, status, node, state, at, ...rest }: BareTransition): void {
    if (revision === 1) {
      this.#insertExecution.run(executionId, status, node, state, revision, at, at)
    } else {
      this.#updateExecution.run(status, node, state, revision, at, executionId)
    }
    this.#insertFact.run(executionId, revision, rest.fact)
    this.#insertMessage.run(rest.messageId, revision)
    if (rest.command === undefined) {
      this.#removeCommand.run(executionId)
    } else {
      this.#putCommand.run(executionId, rest.command, state)
    }
  }

  countCompleted(): Promise<number> {
    const row = this.#database
      .prepare(`SELECT count(*) AS n FROM execution WHERE status = 'completed'`)
      .get()
    return Promise.resolve(Number(row?.['n'] ?? 0))
  }

  close(): Promise<void> {
    this.#database.close()
    return Promise.resolve()
  }
}

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -65536;
  PRAGMA wal_autocheckpoint = 4000;
  CREATE TABLE IF NOT EXISTS execution (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, node TEXT NOT NULL, state TEXT NOT NULL,
    revision INTEGER NOT NULL, started_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS journal (
    execution_id TEXT NOT NULL, revision INTEGER NOT NULL, fact TEXT NOT NULL,
    PRIMARY KEY (execution_id, revision)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS inbox (
    message_id TEXT PRIMARY KEY, revision INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS outbox (
    execution_id TEXT PRIMARY KEY, command TEXT NOT NULL, data TEXT NOT NULL
  ) WITHOUT ROWID;
`
