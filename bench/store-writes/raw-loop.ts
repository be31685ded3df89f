import { DatabaseSync } from 'node:sqlite'

/** About what one transition of the order saga weighs in Signalbox's own rows, in characters. */
const snapshotCharacters = 800
const factsCharacters = 450
const commandCharacters = 450

export interface RawLoop {
  /** Commits so many transitions in one transaction. */
  commit(batchSize: number): void
  close(): void
}

/**
 * The bare disk and SQLite: four rows a transition, in groups, with full sync; no indexes beyond the
 * primary keys, no rule, no JSON. What a store reaches is told as a share of this.
 */
export function openRawLoop(path: string): RawLoop {
  const database = new DatabaseSync(path)
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE executions (number INTEGER PRIMARY KEY, node TEXT, snapshot TEXT);
    CREATE TABLE journal (number INTEGER PRIMARY KEY, execution INTEGER, facts TEXT);
    CREATE TABLE outbox (sequence INTEGER PRIMARY KEY, command TEXT);`)
  const insertExecution = database.prepare('INSERT INTO executions VALUES (?, ?, ?)')
  const updateExecution = database.prepare(
    'UPDATE executions SET node = ?, snapshot = ? WHERE number = ?',
  )
  const insertFacts = database.prepare('INSERT INTO journal (execution, facts) VALUES (?, ?)')
  const insertCommand = database.prepare('INSERT INTO outbox (command) VALUES (?)')
  const deleteCommand = database.prepare('DELETE FROM outbox WHERE sequence = ?')
  const [snapshot, facts, command] = [snapshotCharacters, factsCharacters, commandCharacters].map(
    (length) => 'x'.repeat(length),
  ) as [string, string, string]
  let transition = 0
  let sequence = 0

  const write = (): void => {
    const execution = Math.floor(transition / 4) + 1
    if (transition % 4 === 0) insertExecution.run(execution, 'A', snapshot)
    else updateExecution.run('B', snapshot, execution)
    insertFacts.run(execution, facts)
    insertCommand.run(command)
    if (sequence > 0) deleteCommand.run(sequence)
    sequence++
    transition++
  }
  return {
    commit: (batchSize) => {
      database.exec('BEGIN IMMEDIATE')
      for (let n = 0; n < batchSize; n++) write()
      database.exec('COMMIT')
    },
    close: () => database.close(),
  }
}
