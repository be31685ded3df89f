import type { JsonObject } from '../../kernel/model/json.ts'
import type { Root } from './compiled.ts'
import { fail } from './failure.ts'
import { closedMap, numberType, openMapType, stringType, timestampType } from './type.ts'
import type { Type } from './type.ts'
import { Timestamp } from './value.ts'

/** What the surroundings of a flow give to its expressions; what is absent is not checked. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  readonly services?: Readonly<Record<string, string>>
}

/** What is known of the data that a flow's expressions see. */
export interface KnownTypes {
  readonly input: Type
  readonly state: Type
}

const executionType = closedMap([
  ['id', stringType],
  ['key', stringType],
  ['flow', stringType],
  ['version', numberType],
  ['startedAt', timestampType],
])

const errorType = closedMap([
  ['code', stringType],
  ['message', stringType],
])

/** The names that every expression of a flow can begin with. */
export function commonRoots(known: KnownTypes, surroundings: Surroundings): Map<string, Root> {
  return new Map<string, Root>([
    ['input', { type: known.input, read: ({ scope }) => scope.input }],
    ['state', { type: known.state, read: ({ scope }) => scope.state }],
    ['execution', { type: executionType, read: readExecution }],
    [
      'error',
      {
        type: errorType,
        read: ({ scope }) => scope.error ?? fail('Expected an error, found none.'),
      },
    ],
    ...surroundingRoots(surroundings),
  ])
}

/** The business key is made before there is a state. */
export function keyRoots(known: KnownTypes, surroundings: Surroundings): Map<string, Root> {
  return new Map<string, Root>([
    ['input', { type: known.input, read: ({ scope }) => scope.input }],
    ...surroundingRoots(surroundings),
  ])
}

/** The event that is being handled: `event.name`, `event.data`, `event.id`. */
export function eventRoot(data: Type): Root {
  return {
    type: closedMap([
      ['name', stringType],
      ['data', data],
      ['id', stringType],
    ]),
    read: ({ scope }) => {
      const { event } = scope
      if (event === undefined) return fail('Expected an event, found none.')
      return { name: event.name, data: event.data, id: event.id }
    },
  }
}

function readExecution({ scope }: Parameters<Root['read']>[0]): ReturnType<Root['read']> {
  const { id, key, flow, version, startedAt } = scope.execution
  const started = new Timestamp(startedAt)
  return { id, ...(key === undefined ? {} : { key }), flow, version, startedAt: started }
}

function surroundingRoots({ env, services }: Surroundings): readonly (readonly [string, Root])[] {
  return [
    ['env', constantRoot(env)],
    ['services', constantRoot(services)],
  ]
}

function constantRoot(values: Readonly<Record<string, string>> | undefined): Root {
  const map: JsonObject = values ?? {}
  const type =
    values === undefined
      ? openMapType
      : closedMap(Object.keys(values).map((key) => [key, stringType] as const))
  return { type, read: () => map }
}
