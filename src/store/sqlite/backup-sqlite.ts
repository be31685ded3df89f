import { existsSync } from 'node:fs'
import { link, open, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { checkSqlite, requireDatabase } from './check-sqlite.ts'
import { makeFolder } from './connection.ts'
import { guarded, isSqliteError } from './sqlite-errors.ts'

export interface BackupOptions {
  /** The database, which a Signalbox may have open and write to. */
  readonly path: string
  /** The file to be made. */
  readonly to: string
  /** Told now and then, with how much is copied: from 0 to 1. */
  readonly onProgress?: (share: number) => void
  /** Copied in one go; between them others get their turn in this process. */
  readonly pagesPerStep?: number
}

export interface Backup {
  readonly path: string
  readonly sizeBytes: number
}

/** Eight megabytes: some milliseconds. */
const pagesPerStepDefault = 2_000

/**
 * Makes a copy of a database as it is at one moment, while others go on writing to it. The copy takes
 * its name only when it is whole, on the disk and found sound. What has that name already is never
 * replaced. Throws STORE_UNAVAILABLE, BACKUP_FAILED.
 */
export async function backupSqlite(options: BackupOptions): Promise<Backup> {
  const { path } = options
  const target = resolve(options.to)
  requireDatabase(path)
  requireNoFile(target)
  makeFolder(dirname(target))
  const unfinished = `${target}.${process.pid}.unfinished`
  try {
    await copy(unfinished, options)
    const problems = checkSqlite(unfinished)
    if (problems.length > 0) throw failed(target, `the copy is damaged: ${problems.join('; ')}`)
    makeSingleFile(unfinished)
    await sync(unfinished)
    await giveName(unfinished, target)
    await sync(dirname(target))
    return { path: target, sizeBytes: (await stat(target)).size }
  } catch (error) {
    throw error instanceof SignalboxError ? error : failed(target, reasonOf(error), error)
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) {
      await rm(`${unfinished}${suffix}`, { force: true })
    }
  }
}

async function copy(
  to: string,
  { path, onProgress, pagesPerStep = pagesPerStepDefault }: BackupOptions,
): Promise<void> {
  const database = guarded(path, () => new DatabaseSync(path, { readOnly: true }))
  try {
    // A transaction that reads holds on to one moment; without it the copy would begin anew with every
    // commit of others.
    guarded(path, () => database.exec('BEGIN; SELECT count(*) FROM sqlite_schema;'))
    await backup(database, to, {
      rate: pagesPerStep,
      progress: ({ totalPages, remainingPages }) =>
        onProgress?.(totalPages === 0 ? 1 : 1 - remainingPages / totalPages),
    })
  } finally {
    database.close()
  }
}

/** The copy is in WAL mode as its original is; its own log must not be left beside it. */
function makeSingleFile(path: string): void {
  guarded(path, () => {
    const database = new DatabaseSync(path)
    try {
      database.exec('PRAGMA journal_mode = DELETE')
    } finally {
      database.close()
    }
  })
}

/** A second name, so that a file which has come meanwhile is not replaced. */
async function giveName(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (existsSync(to)) throw exists(to)
    throw error
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function requireNoFile(path: string): void {
  if (existsSync(path)) throw exists(path)
}

function exists(path: string): SignalboxError {
  return new SignalboxError(
    'BACKUP_FAILED',
    `Expected a name that is free for the backup, found that ${path} exists.`,
    { details: { path } },
  )
}

function failed(path: string, reason: string, cause?: unknown): SignalboxError {
  return new SignalboxError('BACKUP_FAILED', `Expected to write ${path}, found: ${reason}.`, {
    cause,
    details: { path },
  })
}

function reasonOf(error: unknown): string {
  if (isSqliteError(error)) return `SQLite says ${error.message}`
  return error instanceof Error ? error.message : String(error)
}
