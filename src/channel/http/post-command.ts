import { type Dispatcher, request } from 'undici'
import { limits } from '../../kernel/limits.ts'
import { isJsonObject, type Json } from '../../kernel/model/json.ts'
import type { OutboxCommand } from '../../store/store.ts'
import type { DeliveryReport } from '../channel.ts'

export interface PostOptions {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly dispatcher: Dispatcher
  readonly signal: AbortSignal
}

/** Statuses that say "not now" although they are of the 400s (RFC 9110, RFC 8470, RFC 6585). */
const retryable4xx: ReadonlySet<number> = new Set([408, 425, 429])

/** One attempt. Never rejects: whatever happens is a report. */
export async function postCommand(
  command: OutboxCommand,
  options: PostOptions,
): Promise<DeliveryReport> {
  const { commandId } = command
  try {
    const timeout = AbortSignal.timeout(options.timeoutMs)
    const { statusCode, headers, body } = await request(options.url, {
      method: 'POST',
      dispatcher: options.dispatcher,
      signal: AbortSignal.any([timeout, options.signal]),
      headers: {
        ...options.headers,
        'content-type': 'application/json',
        'idempotency-key': commandId,
      },
      body: JSON.stringify(bodyOf(command)),
    })
    const text = await readLimited(body)
    if (statusCode >= 200 && statusCode < 300) return acceptance(commandId, text)
    const retryAfterMs = retryAfterMsOf(headers['retry-after'], Date.now())
    return {
      kind: 'failed',
      commandId,
      code: `HTTP_${statusCode}`,
      message: `expected a 2xx answer, found ${statusCode}: ${text.slice(0, 200)}`,
      retryable: statusCode >= 500 || retryable4xx.has(statusCode),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }
  } catch (error) {
    return {
      kind: 'failed',
      commandId,
      code: codeOf(error),
      message: `expected an answer from ${options.url}, found: ${messageOf(error)}`,
      retryable: true,
    }
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
function acceptance(commandId: string, text: string): DeliveryReport {
  const body = parseJson(text)
  if (isJsonObject(body) && typeof body['event'] === 'string' && body['event'] !== '') {
    return { kind: 'event', commandId, event: body['event'], data: body['data'] ?? null }
  }
  return { kind: 'accepted', commandId }
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

async function readLimited(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > limits.payloadBytes) {
      throw new Error(`an answer of more than ${limits.payloadBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** `Retry-After` in seconds or as a date (RFC 9110 §10.2.3). */
export function retryAfterMsOf(
  header: string | string[] | undefined,
  now: number,
): number | undefined {
  if (typeof header !== 'string') return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds) && seconds >= 0) return Math.min(seconds * 1_000, limits.timerMs)
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.min(at - now, limits.timerMs))
}

function codeOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'HTTP_TIMEOUT'
  return 'HTTP_UNREACHABLE'
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code} ` : ''
  return `${code}${error.message}`
}
