import { SignalboxError } from '../errors/signalbox-error.ts'
import type { ExecutionQuery } from './store.ts'

/** Where a page of executions ended: the sorted time, and a number that tells equal times apart. */
export interface Cursor {
  readonly sort: ExecutionQuery['sort']
  readonly time: number
  readonly number: number
}

/** Makes the opaque form: safe in a URL, and bound to the sort order it belongs to. */
export function encodeCursor(cursor: Cursor): string {
  const text = JSON.stringify([cursor.sort, cursor.time, cursor.number])
  return Buffer.from(text).toString('base64url')
}

/** Reads the opaque form back. Throws CURSOR_INVALID. */
export function decodeCursor(text: string, sort: ExecutionQuery['sort']): Cursor {
  const parsed = parse(text)
  if (!Array.isArray(parsed) || parsed.length !== 3) throw invalid(text)
  const [cursorSort, time, number]: unknown[] = parsed
  if (!Number.isSafeInteger(time) || !Number.isSafeInteger(number)) throw invalid(text)
  if (cursorSort !== sort) {
    throw new SignalboxError(
      'CURSOR_INVALID',
      `Expected a cursor of a list sorted by ${sort}, found one sorted by ${String(cursorSort)}.`,
    )
  }
  return { sort, time: Number(time), number: Number(number) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    throw invalid(text)
  }
}

function invalid(text: string): SignalboxError {
  return new SignalboxError(
    'CURSOR_INVALID',
    `Expected the nextCursor of an earlier page, found ${JSON.stringify(text.slice(0, 100))}.`,
  )
}
