import type { ConnectionOptions } from './connection-options.ts'
import { environmentVariable } from './environment.ts'
import { errorOfResponse } from './error-of-response.ts'
import { createServerList } from './server-list.ts'
import { SignalboxClientError } from './signalbox-client-error.ts'

export interface Request {
  readonly method: 'GET' | 'POST'
  /** From the root of the server, encoded. */
  readonly path: string
  /** Text that is sent as it is. */
  readonly body?: string
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The request fails when there is no answer after this time. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** One request, one answer; whether to try again is the caller's business. */
export interface Connection {
  /** The server that is asked now. */
  readonly url: string
  /** The parsed JSON of a success. Throws `SignalboxClientError`. */
  request<Answer>(request: Request): Promise<Answer>
}

export function createConnection(options: ConnectionOptions): Connection {
  const servers = createServerList(
    options.url ?? environmentVariable('SIGNALBOX_URL') ?? 'http://127.0.0.1:7700',
  )
  const token = options.token ?? environmentVariable('SIGNALBOX_TOKEN')

  async function headersOf(request: Request): Promise<Record<string, string>> {
    const headers: Record<string, string> = { accept: 'application/json', ...request.headers }
    if (request.body !== undefined)
      headers['content-type'] = request.contentType ?? 'application/json'
    if (token !== undefined) {
      headers['authorization'] = `Bearer ${typeof token === 'string' ? token : await token()}`
    }
    return headers
  }

  async function request<Answer>(request: Request): Promise<Answer> {
    const ending = limitTime(request)
    try {
      for (let asked = 1; ; asked += 1) {
        const url = servers.current()
        try {
          return await ask<Answer>(url, request, ending.signal)
        } catch (error) {
          const failure = toClientError(error, url, request)
          if (isOfThisServer(failure)) servers.leave(url)
          // Nobody has heard the request, so asking somebody else is no repetition.
          if (asked >= servers.count || !isUnsent(error) || ending.signal.aborted) throw failure
        }
      }
    } finally {
      ending.clear()
    }
  }

  async function ask<Answer>(url: string, request: Request, signal: AbortSignal): Promise<Answer> {
    const response = await fetch(url + request.path, {
      method: request.method,
      headers: await headersOf(request),
      body: request.body ?? null,
      signal,
    })
    const text = await response.text()
    if (!response.ok) throw errorOfResponse(response, text)
    return parsed<Answer>(text, response.status)
  }

  return {
    get url() {
      return servers.current()
    },
    request,
  }
}

/** Whether another replica may do better: nobody answered, or a server or proxy that gives up. */
function isOfThisServer({ code, status }: SignalboxClientError): boolean {
  return code === 'SERVER_UNREACHABLE' || (status >= 502 && status <= 504)
}

/** As Node says it; where a runtime says it otherwise, the caller's own repetition does the same. */
const unsentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

function isUnsent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && unsentCodes.has(String(cause.code))
}

function toClientError(error: unknown, url: string, request: Request): SignalboxClientError {
  return error instanceof SignalboxClientError ? error : connectionError(error, url, request)
}

/** A timer of its own per request: `AbortSignal.timeout` would live on after the answer. */
function limitTime(request: Request): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  const timer = setTimeout(abort, request.timeoutMs)
  request.signal?.addEventListener('abort', abort)
  if (request.signal?.aborted === true) abort()
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer)
      request.signal?.removeEventListener('abort', abort)
    },
  }
}

/** The library trusts the server's schemas: the type of an answer is not checked again here. */
function parsed<Answer>(text: string, status: number): Answer {
  try {
    return JSON.parse(text) as Answer
  } catch (cause) {
    throw new SignalboxClientError(
      'RESPONSE_INVALID',
      `expected JSON, found ${text === '' ? 'nothing' : text.slice(0, 200)}`,
      { status, cause },
    )
  }
}

function connectionError(error: unknown, url: string, request: Request): SignalboxClientError {
  if (request.signal?.aborted === true) {
    return new SignalboxClientError('ABORTED', 'the caller ended the request', { cause: error })
  }
  const reason = reasonOf(error)
  return new SignalboxClientError(
    'SERVER_UNREACHABLE',
    `expected an answer of Signalbox at ${url}, found ${reason}`,
    { retry: true, cause: error },
  )
}

/** `fetch` says only "fetch failed"; what happened is in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'AbortError') return 'none in time'
  const { cause } = error
  if (cause instanceof Error) {
    const code = 'code' in cause ? String(cause.code) : ''
    return cause.message === '' ? code : cause.message
  }
  return error.message
}
