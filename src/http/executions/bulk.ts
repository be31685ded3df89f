import { SignalboxError } from '../../errors/signalbox-error.ts'
import type { Execution } from '../../kernel/model/execution.ts'
import { limits } from '../../kernel/limits.ts'
import type { ExecutionFilter } from '../../store/store.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { executionSummary } from '../wire/execution-view.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { toIso } from '../wire/time.ts'
import { actOnAll, type BulkAction, bulkActionSchema } from './act-on-all.ts'
import {
  bulkExecutionsMax,
  decodeSet,
  encodeSet,
  freezeSet,
  setCharactersMax,
} from './bulk-sets.ts'
import { type FilterInput, filterProperties, readFilter } from './execution-filter.ts'

interface Shape {
  Body: { filter?: FilterInput; action: BulkAction; dryRun?: boolean; set?: string }
}

const sampleMax = 20

/** `POST /api/executions/bulk` */
export function bulk(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/executions/bulk',
    tag: 'executions',
    summary: 'Act on many executions',
    description:
      'In two steps. With dryRun: true and a filter: how many there are, a sample, and a set that freezes them. Then the same action with dryRun: false and that set, nothing else is touched. The set is good at every replica for 15 minutes; the same action with it again changes nothing more.',
    access: access.operate,
    bodyBytesMax: setCharactersMax + limits.payloadBytes,
    body: closedObject(
      {
        filter: closedObject(filterProperties),
        action: bulkActionSchema,
        dryRun: { type: 'boolean' },
        set: {
          type: 'string',
          minLength: 1,
          maxLength: setCharactersMax,
          description: 'the set that the dry run answered',
        },
      },
      ['action'],
    ),
    answers: {
      200: {
        description: 'The dry run, or what came of the act.',
        schema: { anyOf: [dryRunAnswer, actAnswer] },
      },
    },
    errors: ['BULK_SET_NOT_FOUND', 'BUSY'],
    handle: async (request) => {
      const { filter, action, dryRun, set } = request.body
      if (dryRun === true && filter !== undefined && set === undefined) {
        return freeze(context, readFilter(filter))
      }
      if (dryRun !== true && set !== undefined && filter === undefined) {
        return actOnAll(context, decodeSet(set), action, request.identity.actor)
      }
      throw new SignalboxError(
        'REQUEST_INVALID',
        'expected either dryRun: true with a filter, or dryRun: false with the set of that dry run, found another combination',
      )
    },
  })
}

const dryRunAnswer = closedObject(
  {
    dryRun: { const: true },
    count: { type: 'integer' },
    sample: { type: 'array', items: component('ExecutionSummary') },
    set: { type: 'string' },
    expiresAt: field.time,
  },
  ['dryRun', 'count', 'sample', 'set', 'expiresAt'],
)

const actAnswer = closedObject(
  {
    dryRun: { const: false },
    count: { type: 'integer' },
    applied: { type: 'integer' },
    failed: {
      type: 'array',
      items: closedObject(
        { id: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } },
        ['id', 'code', 'detail'],
      ),
    },
  },
  ['dryRun', 'count', 'applied', 'failed'],
)

async function freeze(context: HttpContext, filter: ExecutionFilter): Promise<object> {
  const { ids, sample } = await collect(context, filter)
  const set = freezeSet(ids)
  return {
    dryRun: true,
    count: ids.length,
    sample: sample.map(executionSummary),
    set: encodeSet(set),
    expiresAt: toIso(set.expiresAt),
  }
}

async function collect(
  context: HttpContext,
  filter: ExecutionFilter,
): Promise<{ ids: readonly string[]; sample: readonly Execution[] }> {
  const ids: string[] = []
  const sample: Execution[] = []
  let cursor: string | undefined
  do {
    const page = await context.engine.executions.list({
      filter,
      sort: 'startedAt',
      limit: limits.pageItems,
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const item of page.items) {
      ids.push(item.id)
      if (sample.length < sampleMax) sample.push(item)
    }
    if (ids.length > bulkExecutionsMax) {
      throw new SignalboxError(
        'REQUEST_INVALID',
        `expected a filter that finds at most ${bulkExecutionsMax} executions, found more. Narrow it, for example by startedBefore.`,
      )
    }
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return { ids, sample }
}
