import { DatabaseSync } from 'node:sqlite'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { isSqliteError, primaryCode } from './sqlite-errors.ts'

const busyCode = 5

/**
 * Makes sure that one process has the store open. The lock is an open transaction on a small file of
 * its own beside the database: the operating system lets go of it when the process ends, however it
 * ends, and the database itself stays readable for other programs. Throws STORE_IN_USE.
 */
export function lockStore(path: string): { release(): void } {
  const database = new DatabaseSync(`${path}.lock`)
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!isSqliteError(error) || primaryCode(error) !== busyCode) throw error
    throw new SignalboxError(
      'STORE_IN_USE',
      `Expected to be alone with ${path}, found that another Signalbox has it open.`,
      { cause: error, details: { path } },
    )
  }
  return {
    release: () => {
      if (database.isOpen) database.close()
    },
  }
}
