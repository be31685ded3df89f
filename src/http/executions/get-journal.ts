import { SignalboxError } from '../../errors/signalbox-error.ts'
import { access } from '../auth/roles.ts'
import { flowOf, type HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { component } from '../wire/components.ts'
import { executionView } from '../wire/execution-view.ts'
import { factView } from '../wire/fact-view.ts'
import { closedObject, field, pageOf } from '../wire/field-schemas.ts'

interface Shape {
  Params: { id: string }
  Querystring: { at?: number; limit?: number; cursor?: string }
}

/** `GET /api/executions/:id/journal` */
export function getJournal(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'GET',
    path: '/api/executions/:id/journal',
    tag: 'executions',
    summary: 'Read the journal of an execution',
    description:
      'The facts in order, paged. With at=N instead: the execution as it was after fact N.',
    access: access.read,
    params: closedObject({ id: field.id }, ['id']),
    query: closedObject({
      at: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
      limit: { ...field.limit, default: 100 },
      cursor: field.cursor,
    }),
    answers: {
      200: {
        description: 'A page of facts; with at, the execution.',
        schema: { anyOf: [pageOf(component('Fact')), component('Execution')] },
      },
    },
    errors: ['EXECUTION_NOT_FOUND', 'CURSOR_INVALID'],
    handle: async (request) => {
      const { id } = request.params
      const { at, limit = 100, cursor } = request.query
      const { executions } = context.engine
      const now = await executions.get(id)
      const flow = await flowOf(context, now)
      if (at !== undefined) {
        requireFact(at, now.revision)
        return executionView(flow, await executions.asOf(id, at))
      }
      const page = await executions.journal(id, { after: readCursor(cursor), limit })
      return {
        items: page.facts.map(({ sequence, fact }) => factView(flow, sequence, fact)),
        ...(page.next === undefined ? {} : { nextCursor: String(page.next) }),
      }
    },
  })
}

function requireFact(at: number, revision: number): void {
  if (at <= revision) return
  throw new SignalboxError(
    'REQUEST_INVALID',
    `expected at to be the number of a fact, 1 to ${revision}, found ${at}`,
  )
}

/** A journal's cursor is the number of the last fact of the page before. */
function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const after = Number(cursor)
  if (/^\d{1,15}$/.test(cursor)) return after
  throw new SignalboxError(
    'CURSOR_INVALID',
    `expected the nextCursor of a page of this journal, found ${JSON.stringify(cursor)}`,
  )
}
