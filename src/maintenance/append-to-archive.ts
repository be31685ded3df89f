import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type ArchivedExecution, archiveFileName, archiveFormat, dayOfEnd } from './archive-file.ts'

/** Far more than a usual batch, far less than a text or a write can hold. */
const charactersPerWrite = 16_000_000

/**
 * Appends executions to the files of the days on which they ended. When it is fulfilled, every line is
 * on the disk. Each replica has files of its own.
 */
export async function appendToArchive(
  folder: string,
  replica: string,
  entries: readonly ArchivedExecution[],
): Promise<void> {
  await makeFolder(folder)
  const entriesByDay = Map.groupBy(entries, ({ execution }) => dayOfEnd(execution))
  for (const [day, ofDay] of entriesByDay) {
    await appendToFile(join(folder, archiveFileName(day, replica)), ofDay)
  }
  // The names of new files are on the disk only when their folder is.
  await syncFolder(folder)
}

async function appendToFile(path: string, entries: readonly ArchivedExecution[]): Promise<void> {
  const file = await open(path, 'a')
  try {
    let lines = ''
    for (const entry of entries) {
      lines += lineOf(entry)
      if (lines.length < charactersPerWrite) continue
      await writeLines(file, lines)
      lines = ''
    }
    await writeLines(file, lines)
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * Begins on a line of its own whatever stands before it: a line that a crash has cut off, which stays
 * as it is, or what another process with the same name has just begun. One call, because the system
 * appends what comes in one call as one piece.
 */
async function writeLines(file: FileHandle, lines: string): Promise<void> {
  if (lines === '') return
  const { size } = await file.stat()
  const bytes = Buffer.from(size === 0 ? lines : `\n${lines}`)
  const { bytesWritten } = await file.write(bytes)
  if (bytesWritten < bytes.length) {
    throw new Error(`expected to write ${bytes.length} bytes, found room for ${bytesWritten}`)
  }
}

/** Makes the folder and those above it, on the disk. */
async function makeFolder(folder: string): Promise<void> {
  const path = resolve(folder)
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let above = dirname(path); above.length >= dirname(first).length; above = dirname(above)) {
    await syncFolder(above)
    if (above === dirname(above)) return
  }
}

function lineOf({ execution, journal }: ArchivedExecution): string {
  return `${JSON.stringify({ format: archiveFormat, execution, journal })}\n`
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
