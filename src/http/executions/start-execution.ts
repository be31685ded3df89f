import { parseTraceparent, traceparentCharacters } from '../../channel/trace-context.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import type { JsonObject } from '../../kernel/model/json.ts'
import { isFinished } from '../../kernel/index.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject, field } from '../wire/field-schemas.ts'
import { executionSchema, showExecution, type View } from './show-execution.ts'
import { idOfIdempotencyKey } from './idempotency-key.ts'

interface Shape {
  Querystring: { waitMs?: number; view?: View }
  Headers: { 'idempotency-key'?: string; traceparent?: string }
  Body: {
    flow: string
    version?: number
    id?: string
    key?: string
    input?: JsonObject
    mode?: 'durable'
  }
}

/** `POST /api/executions` */
export function startExecution(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/executions',
    tag: 'executions',
    summary: 'Start an execution',
    description:
      'Answers when the start is durable; with waitMs, when the execution has ended. The same id or Idempotency-Key again gives the execution that is there, not a second one.',
    access: access.run,
    query: closedObject({ waitMs: field.waitMs, view: field.view }),
    headers: {
      type: 'object',
      properties: {
        'idempotency-key': {
          ...field.id,
          description: 'a key without control characters; stands for an id',
        },
        traceparent: {
          type: 'string',
          description: 'W3C trace context: the trace of the execution links to it',
        },
      },
    },
    body: closedObject(
      {
        flow: field.name,
        version: { ...field.version, description: 'The newest if absent.' },
        id: field.newId,
        key: { ...field.id, description: "a business key; overrides the flow's own key" },
        input: field.object,
        mode: { const: 'durable' },
      },
      ['flow'],
    ),
    answers: {
      200: {
        description: 'It was there already: the execution as it is now.',
        schema: executionSchema,
      },
      201: { description: 'The execution.', schema: executionSchema },
    },
    errors: [
      'FLOW_NOT_FOUND',
      'FLOW_VERSION_NOT_FOUND',
      'FLOW_PAUSED',
      'FLOW_RETIRED',
      'INPUT_INVALID',
      'KEY_INVALID',
      'KEY_TAKEN',
      'EXECUTION_EXISTS',
      'BUSY',
    ],
    handle: async (request, reply) => {
      const { flow, version, key, input } = request.body
      const id = request.body.id ?? idOfIdempotencyKey(request.headers['idempotency-key'])
      const { traceparent } = request.headers
      const started = await context.engine.executions.start({
        flow,
        ...(version === undefined ? {} : { version }),
        ...(id === undefined ? {} : { id }),
        ...(key === undefined ? {} : { key }),
        ...(input === undefined ? {} : { input }),
        actor: request.identity.actor,
        // One that is malformed is as good as none: it must not keep an execution from starting.
        ...(traceparent === undefined || parseTraceparent(traceparent) === undefined
          ? {}
          : { traceparent: traceparent.slice(0, traceparentCharacters) }),
      })
      const { waitMs = 0, view = 'full' } = request.query
      const execution =
        waitMs === 0 || isFinished(started.execution)
          ? started.execution
          : await context.engine.executions.waitUntilFinished(
              started.execution.id,
              waitMs,
              context.waits.of(reply),
            )
      if (started.created) {
        reply.code(201).header('location', `/api/executions/${encodeURIComponent(execution.id)}`)
      }
      return showExecution(context, execution, view)
    },
  })
}
