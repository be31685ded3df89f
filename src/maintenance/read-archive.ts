import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { SignalboxError } from '../errors/signalbox-error.ts'
import { type ArchivedExecution, dayOfFile, parseLine } from './archive-file.ts'

export interface ArchiveQuery {
  readonly id?: string
  readonly key?: string
  readonly flow?: string
  /** Days as `YYYY-MM-DD`, both inclusive: when the execution ended, in UTC. */
  readonly from?: string
  readonly until?: string
}

/** A line that says nothing: cut off by a crash, or damaged. */
export interface UnreadableLine {
  readonly file: string
  readonly line: number
}

/**
 * Reads an archive, day by day. An execution that several lines of a day tell of comes once, as the
 * line with most facts says. Throws FILE_UNREADABLE.
 */
export async function* readArchive(
  folder: string,
  query: ArchiveQuery = {},
  onUnreadable: (line: UnreadableLine) => void = () => {},
): AsyncGenerator<ArchivedExecution> {
  for (const files of (await filesByDay(folder, query)).values()) {
    const chosen = await chooseLines(files, query, onUnreadable)
    if (chosen.size === 0) continue
    for (const path of files) {
      for await (const { number, archived } of archivedIn(path)) {
        const choice = archived && chosen.get(archived.execution.id)
        if (choice?.path === path && choice.number === number) yield archived as ArchivedExecution
      }
    }
  }
}

interface Choice {
  readonly path: string
  readonly number: number
  readonly revision: number
}

/** Per id the line with most facts; among equal ones the first. */
async function chooseLines(
  files: readonly string[],
  query: ArchiveQuery,
  onUnreadable: (line: UnreadableLine) => void,
): Promise<ReadonlyMap<string, Choice>> {
  const chosen = new Map<string, Choice>()
  for (const path of files) {
    for await (const { number, archived } of archivedIn(path)) {
      if (archived === undefined) {
        onUnreadable({ file: path, line: number })
        continue
      }
      const { id, revision } = archived.execution
      const known = chosen.get(id)
      if (!matches(archived, query) || (known !== undefined && known.revision >= revision)) continue
      chosen.set(id, { path, number, revision })
    }
  }
  return chosen
}

function matches({ execution }: ArchivedExecution, { id, key, flow }: ArchiveQuery): boolean {
  return (
    (id === undefined || execution.id === id) &&
    (key === undefined || execution.key === key) &&
    (flow === undefined || execution.flow === flow)
  )
}

async function filesByDay(
  folder: string,
  { from = '', until = '9999-99-99' }: ArchiveQuery,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw unreadable(folder, error)
  })
  const files = names.toSorted().flatMap((name) => {
    const day = dayOfFile(name)
    if (day === undefined || day < from || day > until) return []
    return [{ day, path: join(folder, name) }]
  })
  const byDay = Map.groupBy(files, ({ day }) => day)
  return new Map([...byDay].map(([day, list]) => [day, list.map(({ path }) => path)]))
}

async function* archivedIn(path: string) {
  let number = 0
  for await (const text of linesOf(path)) {
    number += 1
    if (text !== '') yield { number, archived: parseLine(text) }
  }
}

/** Split at line feeds alone: JSON may hold characters that other readers take for the end of a line. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path)
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  // `pipe` passes no errors on.
  file.on('error', (error) => bytes.destroy(error))
  let parts: Buffer[] = []
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      let start = 0
      for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
        yield Buffer.concat([...parts, chunk.subarray(start, end)]).toString()
        parts = []
        start = end + 1
      }
      parts.push(chunk.subarray(start))
    }
    const rest = Buffer.concat(parts).toString()
    if (rest !== '') yield rest
  } catch (error) {
    throw unreadable(path, error)
  } finally {
    file.destroy()
  }
}

function unreadable(path: string, error: unknown): SignalboxError {
  const found = error instanceof Error ? error.message : String(error)
  return new SignalboxError('FILE_UNREADABLE', `Expected to read ${path}, found: ${found}.`, {
    cause: error,
  })
}
