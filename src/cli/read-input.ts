import { readFile } from 'node:fs/promises'
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

/** A text file named on the command line. Throws FILE_UNREADABLE. */
export async function readTextFile(context: CommandContext, path: string): Promise<string> {
  try {
    return await readFile(resolve(context.cwd, path), 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable'
    throw new SignalboxError(
      'FILE_UNREADABLE',
      `expected a file at ${path}, found ${fileProblems[code] ?? `an error (${code})`}`,
      { cause },
    )
  }
}

const fileProblems: Readonly<Record<string, string>> = {
  ENOENT: 'none',
  EISDIR: 'a folder',
  EACCES: 'that it may not be read',
}
