import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SignalboxError } from '../../errors/signalbox-error.ts'

/**
 * `full`: what was committed survives a power failure. `normal`: it survives a crash of the process;
 * a power failure may take the last moments, never consistency.
 */
export type Synchronous = 'full' | 'normal'

/**
 * Pages kept in memory. The hot ones are few: executions under way and the right edges of indexes;
 * the operating system keeps the others. A larger cache is slower: until the file has a gigabyte,
 * SQLite walks through all of its slots at the end of every transaction that has balanced a tree.
 */
const cacheKibibytes = 8 * 1024
/** Locks are held by other programs only for moments, such as a backup's start. */
const lockWaitMs = 5_000
/**
 * How long the write-ahead log grows before its pages are carried over to the database file. A page
 * that was written many times meanwhile is carried over once; four times SQLite's default halves the
 * cost, and the pause stays in the order of ten milliseconds.
 */
const checkpointPages = 4_000

/** A log that grew beyond this, because a reader held it for long, is cut when it begins anew. */
const logBytesKept = 64 * 1024 * 1024

/** Opens the database file, making it when it is not there. */
export function openDatabase(path: string, synchronous: Synchronous): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: lockWaitMs })
  try {
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${synchronous === 'full' ? 'FULL' : 'NORMAL'};
      PRAGMA cache_size = -${cacheKibibytes};
      PRAGMA temp_store = MEMORY;
      PRAGMA wal_autocheckpoint = ${checkpointPages};
      PRAGMA journal_size_limit = ${logBytesKept};
    `)
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/** The rows of a query; the caller names their shape, which its SQL text determines. */
export function rowsOf<Row>(statement: StatementSync, ...parameters: SQLInputValue[]): Row[] {
  return statement.all(...parameters) as Row[]
}

/** The first row of a query, or nothing. */
export function rowOf<Row>(
  statement: StatementSync,
  ...parameters: SQLInputValue[]
): Row | undefined {
  return statement.get(...parameters) as Row | undefined
}

/** Makes the folder and those above it. Throws STORE_UNAVAILABLE. */
export function makeFolder(folder: string): void {
  try {
    makeFolders(folder)
  } catch (error) {
    throw new SignalboxError(
      'STORE_UNAVAILABLE',
      `Expected to make the folder ${folder}, found: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    )
  }
}

/** One by one: Node's own recursion never ends where making a folder fails with ENOENT, as in /proc. */
function makeFolders(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return
  makeFolders(dirname(folder))
  mkdirSync(folder)
}
