import { limits } from '../../kernel/limits.ts'
import type { JsonSchema } from '../route.ts'

/** Text that names something: no control characters, no line separators, no broken characters. */
const printable = '^[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]+$'

/** The same, but not `.` or `..`: clients resolve these away, so no path could ever name them. */
const printableInPath = `^(?!\\.{1,2}$)${printable.slice(1)}`

/** Parts of requests that several routes share. */
export const field = {
  name: {
    type: 'string',
    minLength: 1,
    maxLength: limits.nameCharacters,
    pattern: printable,
    description: 'a name without control characters',
  },
  id: {
    type: 'string',
    minLength: 1,
    maxLength: limits.idCharacters,
    pattern: printable,
    description: 'an id without control characters',
  },
  newId: {
    type: 'string',
    minLength: 1,
    maxLength: limits.idCharacters,
    pattern: printableInPath,
    description: 'an id without control characters, not "." or ".."; made if absent',
  },
  reason: {
    type: 'string',
    minLength: 1,
    maxLength: limits.reasonCharacters,
    description: 'Why; recorded in the journal with the actor.',
  },
  version: { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
  waitMs: {
    type: 'integer',
    minimum: 0,
    maximum: limits.waitMs,
    description: 'Answer when the execution has ended, at the latest after this time.',
  },
  data: { description: 'Any JSON value.' },
  object: { type: 'object', additionalProperties: true },
  time: { type: 'string', format: 'date-time', description: 'a time in ISO 8601' },
  limit: { type: 'integer', minimum: 1, maximum: limits.pageItems, default: 50 },
  cursor: {
    type: 'string',
    minLength: 1,
    maxLength: 1000,
    description: 'The nextCursor of the page before.',
  },
  status: {
    enum: [
      'running',
      'waiting',
      'compensating',
      'incident',
      'paused',
      'completed',
      'failed',
      'rolled-back',
      'cancelled',
    ],
  },
  view: {
    enum: ['full', 'summary'],
    description: 'summary: without state, output, waitingFor and compensations.',
  },
} as const satisfies Record<string, JsonSchema>

/** An object schema that allows nothing besides its properties. */
export function closedObject(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema {
  return {
    type: 'object',
    properties,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  }
}

/** The answer of a list: its items and where it goes on. */
export function pageOf(items: JsonSchema): JsonSchema {
  return closedObject({ items: { type: 'array', items }, nextCursor: { type: 'string' } }, [
    'items',
  ])
}
