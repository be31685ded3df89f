import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type ArchivedExecution, archiveFileName, archiveFormat, dayOfEnd } from './archive-file.ts'

const newline = '\n'.charCodeAt(0)

/**
 * Appends executions to the files of the days on which they ended. When it is fulfilled, every line is
 * on the disk. Each replica has files of its own, so that nobody writes into another's lines.
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
  const file = await open(path, 'a+')
  try {
    if (await endsInsideLine(file)) await file.appendFile('\n')
    for (const entry of entries) await file.appendFile(lineOf(entry))
    await file.sync()
  } finally {
    await file.close()
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

/** A crash may have cut off the last line. It stays as it is: readers pass over it. */
async function endsInsideLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return false
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] !== newline
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
