import type { DeliveryReport } from '../../channel/channel.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { limits } from '../../kernel/limits.ts'
import type { Json } from '../../kernel/model/json.ts'
import { access } from '../auth/roles.ts'
import type { HttpContext } from '../context.ts'
import { defineRoute, type Route } from '../route.ts'
import { closedObject, field } from '../wire/field-schemas.ts'

interface Result {
  id: string
  event?: string
  data?: Json
  error?: string | { code?: string; message: string }
  retry?: boolean
  retryAfterMs?: number
}

interface Shape {
  Params: { channel: string }
  Body: { worker?: string; results: readonly Result[] }
}

/** The code of a failure that the worker gave none. */
const defaultFailureCode = 'HANDLER_FAILED'

/** `POST /api/channels/:channel/results` */
export function reportResults(context: HttpContext): Route {
  return defineRoute<Shape>({
    method: 'POST',
    path: '/api/channels/:channel/results',
    tag: 'channels',
    summary: 'Report what came of commands',
    description:
      '{ id }: done. { id, event, data }: done, and this happened. { id, error, retry }: the attempt failed; it is made again by the policy, unless retry is false.',
    access: access.work,
    params: closedObject({ channel: field.name }, ['channel']),
    bodyBytesMax: limits.resultsBytes,
    body: closedObject(
      {
        worker: field.name,
        results: {
          type: 'array',
          minItems: 1,
          maxItems: limits.resultsPerRequest,
          items: resultSchema,
        },
      },
      ['results'],
    ),
    answers: { 200: { description: 'What came of each, in order.', schema: resultsAnswer } },
    errors: ['CHANNEL_NOT_FOUND', 'CHANNEL_NOT_A_QUEUE', 'BUSY', 'STOPPING'],
    handle: async (request) => {
      const { results } = request.body
      const bodyBytes = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY)
      if (bodyBytes > limits.payloadBytes) refuseLargeEvents(results)
      const answers = await context.engine
        .queue(request.params.channel)
        .settle(results.map(toReport))
      return {
        results: answers.map((answer, index) => ({ id: results[index]?.id ?? '', ...answer })),
      }
    },
  })
}

/** Only a large body can hold an event that is too large; small ones are not measured. */
function refuseLargeEvents(results: readonly Result[]): void {
  for (const { id, data } of results) {
    const bytes = data === undefined ? 0 : Buffer.byteLength(JSON.stringify(data))
    if (bytes <= limits.payloadBytes) continue
    throw new SignalboxError(
      'BODY_TOO_LARGE',
      `expected an event of at most ${limits.payloadBytes} bytes, found ${bytes} in the result of '${id}'`,
    )
  }
}

const resultSchema = closedObject(
  {
    id: { ...field.id, maxLength: limits.idCharacters + 20, description: 'the id of a command' },
    event: field.name,
    data: field.data,
    error: {
      anyOf: [
        { type: 'string', maxLength: limits.reasonCharacters },
        closedObject(
          { code: field.name, message: { type: 'string', maxLength: limits.reasonCharacters } },
          ['message'],
        ),
      ],
    },
    retry: { type: 'boolean' },
    retryAfterMs: { type: 'integer', minimum: 0, maximum: limits.timerMs },
  },
  ['id'],
)

const resultsAnswer = closedObject(
  {
    results: {
      type: 'array',
      items: closedObject(
        {
          id: { type: 'string' },
          applied: { type: 'boolean' },
          reason: { type: 'string', description: 'Why it had no effect.' },
        },
        ['id', 'applied'],
      ),
    },
  },
  ['results'],
)

function toReport(result: Result): DeliveryReport {
  const { id, event, data, error, retry, retryAfterMs } = result
  if (error !== undefined) {
    if (event !== undefined || data !== undefined) throw contradiction(id, 'an event or data')
    const { code = defaultFailureCode, message } =
      typeof error === 'string' ? { message: error } : error
    return {
      kind: 'failed',
      commandId: id,
      code,
      message,
      retryable: retry ?? true,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }
  }
  if (retry !== undefined || retryAfterMs !== undefined) throw contradiction(id, 'retry')
  if (event !== undefined) return { kind: 'event', commandId: id, event, data: data ?? {} }
  if (data !== undefined) throw contradiction(id, 'data without an event')
  return { kind: 'accepted', commandId: id }
}

function contradiction(id: string, found: string): SignalboxError {
  return new SignalboxError(
    'REQUEST_INVALID',
    `expected the result of ${JSON.stringify(id)} to be { id }, { id, event, data } or { id, error, retry }, found a mix with ${found}`,
  )
}
