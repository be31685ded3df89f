import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Runs work in a transaction of its own, whole or not at all. */
export class Transaction {
  readonly #database: DatabaseSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #undo: () => void

  /** `undo` forgets what is remembered beside the database. */
  constructor(database: DatabaseSync, undo: () => void) {
    this.#database = database
    this.#undo = undo
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#commit = database.prepare('COMMIT')
    this.#rollback = database.prepare('ROLLBACK')
  }

  run<Result>(work: () => Result): Result {
    this.#begin.run()
    try {
      const result = work()
      this.#commit.run()
      return result
    } catch (error) {
      this.#undo()
      // Some failures, a full disk among them, have rolled back already.
      if (this.#database.isTransaction) this.#rollback.run()
      throw error
    }
  }
}
