import { SignalboxError } from '../../errors/signalbox-error.ts'
import { field } from '../wire/field-schemas.ts'

/** A version in a path: its number, or the newest. */
export const versionParameter = {
  type: 'string',
  pattern: '^(newest|[1-9][0-9]{0,8})$',
  description: 'a version number or "newest"',
}

/** A version in a query. */
export const versionQuery = { ...field.version, description: 'The newest if absent.' }

/** The number of a version in a path; undefined: the newest. */
export function readVersion(text: string): number | undefined {
  return text === 'newest' ? undefined : Number(text)
}

/** Versions are listed downwards; the cursor is the last number of the page before. */
export function requireVersionCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.POSITIVE_INFINITY
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor)
  throw new SignalboxError(
    'CURSOR_INVALID',
    `expected the nextCursor of a page of versions, found ${JSON.stringify(cursor)}`,
  )
}
