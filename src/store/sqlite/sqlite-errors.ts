import { SignalboxError } from '../../errors/signalbox-error.ts'

/** SQLite's primary result codes that users meet, with what they mean for them. */
const reasonsByCode: ReadonlyMap<number, string> = new Map([
  [5, 'another program holds a lock on the database file'],
  [6, 'another program holds a lock on the database file'],
  [8, 'the database file cannot be written to'],
  [10, 'reading or writing the disk failed'],
  [11, 'the database file is damaged'],
  [13, 'the disk is full'],
  [14, 'the database file cannot be opened'],
  [26, 'the file is not an SQLite database'],
])

interface SqliteError extends Error {
  readonly errcode: number
}

/** Tells errors of SQLite from those of our own making. */
export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
}

/** SQLite's primary result code: the extended ones keep it in their lowest byte. */
export function primaryCode(error: SqliteError): number {
  return error.errcode & 0xff
}

/** Runs a piece of work; what SQLite refuses becomes STORE_UNAVAILABLE with the reason. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw isSqliteError(error) ? unavailable(path, error) : error
  }
}

function unavailable(path: string, error: SqliteError): SignalboxError {
  const reason = reasonsByCode.get(primaryCode(error)) ?? 'SQLite refused'
  return new SignalboxError(
    'STORE_UNAVAILABLE',
    `Expected to read and write ${path}, found that ${reason} (SQLite: ${error.message}).`,
    { cause: error, details: { path, sqliteCode: error.errcode } },
  )
}
