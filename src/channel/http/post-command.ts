import { type Dispatcher, request } from 'undici'
import { limits } from '../../kernel/limits.ts'
import { isJsonObject, type Json } from '../../kernel/model/json.ts'
import type { OutboxCommand } from '../../store/store.ts'
import type { DeliveryReport } from '../channel.ts'
import { isDeeperThan } from '../json-depth.ts'
import type { Schedule } from '../schedule.ts'
import { traceparentOf } from '../trace-context.ts'

export interface PostOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly dispatcher: Dispatcher
  readonly signal: AbortSignal
  readonly schedule: Schedule
  readonly now: () => number
}

/** Statuses that say "not now" although they are of the 400s (RFC 9110, RFC 8470, RFC 6585). */
const retryable4xx: ReadonlySet<number> = new Set([408, 425, 429])

/** One attempt. Never rejects: whatever happens is a report. */
export async function postCommand(
  command: OutboxCommand,
  options: PostOptions,
): Promise<DeliveryReport> {
  const { commandId } = command
  const attempt = new AbortController()
  const abort = (): void => attempt.abort()
  let timedOut = false
  const cancelTimeout = options.schedule(options.timeoutMs, () => {
    timedOut = true
    abort()
  })
  options.signal.addEventListener('abort', abort)
  try {
    const { statusCode, headers, body } = await request(options.url, {
      method: 'POST',
      dispatcher: options.dispatcher,
      signal: attempt.signal,
      headers: {
        ...options.headers,
        'content-type': 'application/json',
        'idempotency-key': commandId,
        traceparent: traceparentOf(command),
      },
      body: JSON.stringify(bodyOf(command)),
    })
    const answer = await readLimited(body)
    if (statusCode >= 200 && statusCode < 300) return acceptance(commandId, answer)
    const retryAfterMs = retryAfterMsOf(headers['retry-after'], options.now())
    return {
      kind: 'failed',
      commandId,
      code: `HTTP_${statusCode}`,
      message: `expected a 2xx answer, found ${statusCode}: ${answer.bytes.toString('utf8').slice(0, 200)}`,
      retryable: statusCode >= 500 || retryable4xx.has(statusCode),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }
  } catch (error) {
    const found = timedOut ? `none within ${options.timeoutMs} ms` : messageOf(error)
    return {
      kind: 'failed',
      commandId,
      code: timedOut ? 'HTTP_TIMEOUT' : 'HTTP_UNREACHABLE',
      message: `expected an answer from ${options.url}, found: ${found}`,
      retryable: true,
    }
  } finally {
    cancelTimeout()
    options.signal.removeEventListener('abort', abort)
  }
}

function bodyOf(command: OutboxCommand): Json {
  return {
    id: command.commandId,
    command: command.command,
    execution: command.executionId,
    ...(command.key === undefined ? {} : { key: command.key }),
    flow: command.flow,
    data: command.data,
    attempt: command.attempt,
  }
}

/** The answer may carry the event; anything else that a service says with 2xx is an acceptance. */
function acceptance(commandId: string, { bytes, isWhole }: Answer): DeliveryReport {
  // Asking again would bring the same answer: the service has carried the command out.
  if (!isWhole) return unreadable(commandId, `more than ${limits.payloadBytes} bytes`)
  if (isDeeperThan(bytes, limits.jsonDepth)) {
    return unreadable(commandId, `more than ${limits.jsonDepth} levels`)
  }
  const body = parseJson(bytes.toString('utf8'))
  if (isJsonObject(body) && typeof body['event'] === 'string' && body['event'] !== '') {
    return { kind: 'event', commandId, event: body['event'], data: body['data'] ?? null }
  }
  return { kind: 'accepted', commandId }
}

function unreadable(commandId: string, found: string): DeliveryReport {
  return {
    kind: 'failed',
    commandId,
    code: 'HTTP_ANSWER_UNREADABLE',
    message: `expected an answer of at most ${limits.payloadBytes} bytes and ${limits.jsonDepth} levels of nesting, found ${found}`,
    retryable: false,
  }
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

interface Answer {
  readonly bytes: Buffer
  /** False where the answer was cut off at the limit. */
  readonly isWhole: boolean
}

async function readLimited(body: Dispatcher.ResponseData['body']): Promise<Answer> {
  const chunks: Buffer[] = []
  let size = 0
  let isWhole = true
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    isWhole = size <= limits.payloadBytes
    if (!isWhole) break
    chunks.push(chunk)
  }
  return { bytes: Buffer.concat(chunks), isWhole }
}

/** `Retry-After` in seconds or as a date (RFC 9110 §10.2.3). */
export function retryAfterMsOf(
  header: string | string[] | undefined,
  now: number,
): number | undefined {
  if (typeof header !== 'string') return undefined
  if (/^\d+$/.test(header)) return Math.min(Number(header) * 1_000, limits.timerMs)
  // `Date.parse` makes a date of many a number too.
  const at = /[A-Za-z]{3}/.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, Math.min(at - now, limits.timerMs))
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code} ` : ''
  return `${code}${error.message}`
}
