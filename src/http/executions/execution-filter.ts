import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Status } from '../../kernel/model/execution.ts'
import type { ExecutionFilter } from '../../store/store.ts'
import { field } from '../wire/field-schemas.ts'

/** A filter as it comes in a body: times are ISO 8601. */
export interface FilterInput {
  flow?: string
  version?: number
  status?: readonly Status[]
  node?: string
  stage?: string
  key?: string
  q?: string
  startedAfter?: string
  startedBefore?: string
  updatedAfter?: string
  updatedBefore?: string
  incident?: boolean
}

export const filterProperties = {
  flow: field.name,
  version: field.version,
  status: { type: 'array', items: field.status, minItems: 1, maxItems: 9 },
  node: field.name,
  stage: field.name,
  key: field.id,
  q: {
    ...field.id,
    description: "an id, a key, or the beginning of what the flow's search names",
  },
  startedAfter: field.time,
  startedBefore: field.time,
  updatedAfter: field.time,
  updatedBefore: field.time,
  incident: { type: 'boolean', description: 'Whether it has an incident.' },
}

/** The same in a query, where several statuses may stand in one parameter. */
export const filterQuery = {
  ...filterProperties,
  status: {
    type: 'array',
    items: { type: 'string', maxLength: 100 },
    maxItems: 9,
    description: `One or more of ${field.status.enum.join(', ')}: repeated, or with commas.`,
  },
}

const times = ['startedAfter', 'startedBefore', 'updatedAfter', 'updatedBefore'] as const

/** The filter as the store takes it. */
export function readFilter(input: FilterInput): ExecutionFilter {
  const { startedAfter, startedBefore, updatedAfter, updatedBefore, ...rest } = input
  const given = { startedAfter, startedBefore, updatedAfter, updatedBefore }
  const read: Partial<Record<(typeof times)[number], number>> = {}
  for (const name of times) {
    const text = given[name]
    if (text !== undefined) read[name] = Date.parse(text)
  }
  return { ...rest, ...read }
}

/** The statuses of a query: `a,b` and `a` beside `b` are the same. */
export function readStatuses(given: readonly string[]): readonly Status[] {
  return given
    .flatMap((part) => part.split(','))
    .map((name) => {
      const status = field.status.enum.find((known) => known === name)
      if (status !== undefined) return status
      throw new SignalboxError(
        'REQUEST_INVALID',
        `expected statuses of ${field.status.enum.join(', ')}, found ${JSON.stringify(name)}`,
      )
    })
}
