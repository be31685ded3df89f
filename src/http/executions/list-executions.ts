import type { ExecutionQuery } from '../../store/store.ts'
import { access } from '../auth/roles.ts'
import { flowOf, type HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { executionSummary, executionView } from '../wire/execution-view.ts'
import { closedObject, field, pageOf } from '../wire/field-schemas.ts'
import { type FilterInput, filterQuery, readFilter, readStatuses } from './execution-filter.ts'
import { executionSchema, type View } from './show-execution.ts'

interface Shape {
  Querystring: Omit<FilterInput, 'status'> & {
    status?: readonly string[]
    sort?: ExecutionQuery['sort']
    limit?: number
    cursor?: string
    view?: View
  }
}

/** `GET /api/executions` */
export function listExecutions(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'GET',
    path: '/api/executions',
    tag: 'executions',
    summary: 'List executions',
    description: 'Newest start first. Summaries, unless view=full.',
    access: access.read,
    query: closedObject({
      ...filterQuery,
      sort: {
        enum: ['startedAt', '-startedAt', 'updatedAt', '-updatedAt'],
        description: 'A minus sorts the newest first.',
      },
      limit: field.limit,
      cursor: field.cursor,
      view: field.view,
    }),
    answers: { 200: { description: 'A page of executions.', schema: pageOf(executionSchema) } },
    errors: ['CURSOR_INVALID'],
    handle: async (request) => {
      const { sort = '-startedAt', limit = 50, cursor, view, status, ...filter } = request.query
      const page = await context.engine.executions.list({
        filter: readFilter(
          status === undefined ? filter : { ...filter, status: readStatuses(status) },
        ),
        sort,
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      })
      const items =
        view === 'full'
          ? await Promise.all(
              page.items.map(async (item) => executionView(await flowOf(context, item), item)),
            )
          : page.items.map(executionSummary)
      return { items, ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }) }
    },
  })
}
