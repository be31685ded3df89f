import type { Execution } from '../kernel/model/execution.ts'
import type { Fact } from '../kernel/model/fact.ts'

/**
 * The archive is a folder with files of lines: `<day>.<replica>.jsonl`, the day being the one on which
 * its executions ended (UTC). What is written here stays readable for ever, as facts do.
 */
export interface ArchivedExecution {
  readonly execution: Execution
  /** All of its facts, from the first on. */
  readonly journal: readonly Fact[]
}

/** How lines are made up; told in each, so that a later form can be told from it. */
export const archiveFormat = 1

/** A file of lines; those that somebody has compressed with gzip count as well. */
const fileName = /^(\d{4}-\d{2}-\d{2})\..+\.jsonl(\.gz)?$/

export function archiveFileName(day: string, replica: string): string {
  return `${day}.${replica.replaceAll(/[^A-Za-z0-9_-]/g, '-')}.jsonl`
}

/** The day of a file's executions; nothing for files that are none of the archive's. */
export function dayOfFile(name: string): string | undefined {
  return fileName.exec(name)?.[1]
}

/** The day on which an execution ended. */
export function dayOfEnd(execution: Execution): string {
  return new Date(execution.finishedAt ?? execution.updatedAt).toISOString().slice(0, 10)
}

export function parseLine(text: string): ArchivedExecution | undefined {
  try {
    const line: unknown = JSON.parse(text)
    return isArchived(line) ? { execution: line.execution, journal: line.journal } : undefined
  } catch {
    // A line that a crash has cut off, or that somebody has edited: the caller tells of it.
    return undefined
  }
}

function isArchived(line: unknown): line is ArchivedExecution {
  return (
    typeof line === 'object' &&
    line !== null &&
    'execution' in line &&
    'journal' in line &&
    Array.isArray(line.journal) &&
    typeof line.execution === 'object' &&
    line.execution !== null &&
    'id' in line.execution &&
    'revision' in line.execution
  )
}
