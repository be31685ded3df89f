import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { rowsOf } from './connection.ts'
import { guarded, isSqliteError, primaryCode } from './sqlite-errors.ts'

/** `quick` reads every page once; `full` compares every index with its table besides. */
export type CheckDepth = 'quick' | 'full'

/** SQLite names no more than these before it stops looking. */
const problemsMax = 100

/** So damaged that SQLite does not even look further: malformed, or no database at all. */
const damagedCodes: ReadonlySet<number> = new Set([11, 26])

/**
 * Reads through a whole database file, also while a Signalbox has it open, and answers what is wrong
 * with it in SQLite's words: nothing, if it is sound. Takes some seconds for each gigabyte. Throws
 * STORE_UNAVAILABLE.
 */
export function checkSqlite(path: string, depth: CheckDepth = 'quick'): readonly string[] {
  requireDatabase(path)
  return guarded(path, () => {
    const database = new DatabaseSync(path, { readOnly: true })
    try {
      const pragma = depth === 'quick' ? 'quick_check' : 'integrity_check'
      const rows = rowsOf<Record<string, string>>(
        database.prepare(`PRAGMA ${pragma}(${problemsMax})`),
      )
      const texts = rows.flatMap((row) => Object.values(row))
      return texts.filter((text) => text !== 'ok')
    } catch (error) {
      if (isSqliteError(error) && damagedCodes.has(primaryCode(error))) return [error.message]
      throw error
    } finally {
      database.close()
    }
  })
}

/** Opening would make what is not there. */
export function requireDatabase(path: string): void {
  if (existsSync(path)) return
  throw new SignalboxError('STORE_UNAVAILABLE', `Expected a database at ${path}, found no file.`, {
    details: { path },
  })
}
