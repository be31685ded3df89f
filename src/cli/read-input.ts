import { createReadStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { resolve } from 'node:path'
import { SignalboxError } from '../errors/signalbox-error.ts'
import type { Json } from '../kernel/model/json.ts'
import type { CommandContext } from './context.ts'

/** Data given on the command line: JSON, `@file`, or `-` for stdin. */
export async function readJsonArgument(
  context: CommandContext,
  text: string,
  flag: string,
): Promise<Json> {
  const source = text === '-' ? 'stdin' : text.startsWith('@') ? text.slice(1) : flag
  const content =
    text === '-'
      ? await context.readStdin()
      : text.startsWith('@')
        ? await readTextFile(context, text.slice(1))
        : text
  try {
    const value: Json = JSON.parse(content)
    return value
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    const hint = source === flag ? `. In most shells: ${flag} '{"name": "value"}'` : ''
    throw new SignalboxError('JSON_INVALID', `${source}: expected JSON, found: ${found}${hint}`, {
      cause,
    })
  }
}

/** More than any flow or input may have; what is larger is another file, or has no end. */
const textBytesMax = 10_000_000

/** A text file named on the command line. Throws FILE_UNREADABLE. */
export function readTextFile(context: CommandContext, path: string): Promise<string> {
  return readTextAt(resolve(context.cwd, path), path)
}

/** A text file, called `name` in messages. Throws FILE_UNREADABLE. */
export async function readTextAt(path: string, name: string = path): Promise<string> {
  let bytes: Buffer
  try {
    bytes = await buffer(createReadStream(path, { end: textBytesMax }))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw unreadable(name, fileProblems[code] ?? `an error (${code})`, cause)
  }
  if (bytes.length > textBytesMax) throw unreadable(name, `more than ${textBytesMax} bytes`)
  return bytes.toString('utf8')
}

function unreadable(name: string, found: string, cause?: unknown): SignalboxError {
  const options = cause === undefined ? {} : { cause }
  return new SignalboxError(
    'FILE_UNREADABLE',
    `expected a file at ${name}, found ${found}`,
    options,
  )
}

const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: 'none',
  EISDIR: 'a folder',
  EACCES: 'that it may not be read',
}
