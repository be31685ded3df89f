import { statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { checkSqlite } from './check-sqlite.ts'
import { rowsOf } from './connection.ts'
import { countMigrations } from './migrate.ts'
import { guarded } from './sqlite-errors.ts'

/** A database file as it is found, without changing it and beside whoever uses it. */
export interface SqliteInspection {
  /** Absent: there is no such file yet. */
  readonly fileBytes?: number
  readonly diskFreeBytes: number
  /** How many migrations it has seen, and how many this program knows. */
  readonly migrations: { readonly applied: number; readonly known: number }
  /** What SQLite's quick check finds; empty: it is sound. */
  readonly damages: readonly string[]
}

/** Throws STORE_UNAVAILABLE when it cannot be read at all. */
export function inspectSqlite(path: string): SqliteInspection {
  const known = countMigrations()
  const fileBytes = statSync(path, { throwIfNoEntry: false })?.size
  if (fileBytes === undefined) {
    return { diskFreeBytes: freeBytes(path), migrations: { applied: 0, known }, damages: [] }
  }
  const damages = checkSqlite(path)
  if (damages.length > 0) {
    return { fileBytes, diskFreeBytes: freeBytes(path), migrations: { applied: 0, known }, damages }
  }
  return {
    fileBytes,
    diskFreeBytes: freeBytes(path),
    migrations: { applied: countApplied(path), known },
    damages: [],
  }
}

function countApplied(path: string): number {
  return guarded(path, () => {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
    try {
      const [applied] = rowsOf<{ count: number }>(
        database.prepare('SELECT count(*) AS count FROM schema_migrations'),
      )
      return applied?.count ?? 0
    } finally {
      database.close()
    }
  })
}

/** Of the disk that the file is on, or will be: of the nearest folder that is there. */
function freeBytes(path: string): number {
  let folder = dirname(path)
  while (statSync(folder, { throwIfNoEntry: false }) === undefined) folder = dirname(folder)
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
