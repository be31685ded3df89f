import { userInfo } from 'node:os'
import type { ClientSettings } from '../../config/client-settings.ts'
import { describeOrigin } from '../../config/problem.ts'
import { type ErrorCode, errorKinds } from '../../errors/catalogue.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** A list repeats the parameter. */
  readonly query?: Readonly<
    Record<string, string | number | boolean | readonly string[] | undefined>
  >
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is. */
  readonly text?: { readonly mediaType: string; readonly content: string }
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Statuses of failure whose answer is wanted all the same. */
  readonly alsoWanted?: readonly number[]
}

/** The HTTP API, as the commands use it. Failures are `SignalboxError`s with the server's code. */
export interface ApiClient {
  readonly url: URL
  /** The body of the answer; its type is what the API documents for the route. */
  call<Answer>(path: string, request?: ApiRequest): Promise<Answer>
  /** Like `call`, with the status of the answer. */
  callWithStatus<Answer>(
    path: string,
    request?: ApiRequest,
  ): Promise<{ readonly status: number; readonly body: Answer }>
  /** The answer as it comes, for streams and texts. */
  open(path: string, request?: ApiRequest): Promise<Response>
}

/** A server that takes longer for an answer is as good as not there. */
const answerMs = 30_000

export function createApiClient(settings: ClientSettings): ApiClient {
  const open = async (path: string, request: ApiRequest = {}): Promise<Response> => {
    const response = await send(settings, path, request)
    const wanted = response.ok || request.alsoWanted?.includes(response.status) === true
    if (!wanted) throw await errorOf(response, settings)
    return response
  }
  const callWithStatus = async <Answer>(path: string, request?: ApiRequest) => {
    const deadline = AbortSignal.timeout(answerMs)
    const signal =
      request?.signal === undefined ? deadline : AbortSignal.any([request.signal, deadline])
    const response = await open(path, { ...request, signal })
    const text = await readText(response, settings)
    // The API's schemas guarantee the shape of its answers.
    return { status: response.status, body: readJson(text, settings) as Answer }
  }
  return {
    url: settings.url,
    open,
    callWithStatus,
    call: async <Answer>(path: string, request?: ApiRequest) =>
      (await callWithStatus<Answer>(path, request)).body,
  }
}

/** A path of the API with each part escaped: keys and ids may hold anything. */
export function apiPath(...parts: readonly string[]): string {
  return `api/${parts.map(encodeURIComponent).join('/')}`
}

async function send(
  settings: ClientSettings,
  path: string,
  request: ApiRequest,
): Promise<Response> {
  const base = settings.url.href.endsWith('/') ? settings.url.href : `${settings.url.href}/`
  const url = new URL(path, base)
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (Array.isArray(value)) for (const each of value) url.searchParams.append(name, String(each))
    else if (value !== undefined) url.searchParams.set(name, String(value))
  }
  const headers = new Headers(request.headers)
  headers.set('accept', headers.get('accept') ?? 'application/json')
  if (settings.token === undefined) headers.set('x-signalbox-actor', operatingSystemUser())
  else headers.set('authorization', `Bearer ${settings.token}`)
  let body: string | undefined
  if (request.body !== undefined) {
    headers.set('content-type', 'application/json')
    body = JSON.stringify(request.body)
  } else if (request.text !== undefined) {
    headers.set('content-type', request.text.mediaType)
    body = request.text.content
  }
  try {
    return await fetch(url, {
      method: request.method ?? 'GET',
      headers,
      redirect: 'error',
      ...(body === undefined ? {} : { body }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    })
  } catch (cause) {
    if (isInterruption(cause)) throw cause
    throw unreachable(settings, cause)
  }
}

async function readText(response: Response, settings: ClientSettings): Promise<string> {
  try {
    return await response.text()
  } catch (cause) {
    if (isInterruption(cause)) throw cause
    throw unreachable(settings, cause)
  }
}

/** Ctrl-C; a deadline that has passed has another name. */
function isInterruption(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

function readJson(text: string, settings: ClientSettings): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new SignalboxError(
      'SERVER_UNREACHABLE',
      `expected Signalbox at ${settings.url.origin}, found a server that answers ${JSON.stringify(text.slice(0, 60))}`,
    )
  }
}

function unreachable(settings: ClientSettings, cause: unknown): SignalboxError {
  const origin =
    settings.urlOrigin.kind === 'default'
      ? 'the default'
      : `from ${describeOrigin(settings.urlOrigin)}`
  return new SignalboxError(
    'SERVER_UNREACHABLE',
    `expected Signalbox at ${settings.url.origin} (${origin}), found ${reasonOf(cause)}. ` +
      'Start one with "signalbox dev ." or "signalbox start", or say where it is with --url or SIGNALBOX_URL',
    { cause },
  )
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `no answer within ${answerMs / 1_000} seconds`
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'ECONNREFUSED') return 'that nothing listens there'
  if (code === 'ENOTFOUND') return 'that no such host is known'
  if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'that the connection was cut'
  return code === '' ? 'no answer' : `no answer (${code})`
}

/** The server's problem document as an error with the same code. */
async function errorOf(response: Response, settings: ClientSettings): Promise<SignalboxError> {
  const text = await response.text().catch(() => '')
  const problem = problemOf(text)
  const code = problem['code']
  const detail = problem['detail']
  if (!isErrorCode(code) || typeof detail !== 'string') {
    return new SignalboxError(
      'SERVER_UNREACHABLE',
      `expected Signalbox at ${settings.url.origin}, found a server that answers with status ${response.status}`,
    )
  }
  return new SignalboxError(code, detail, { details: problem })
}

function problemOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorKinds, code)
}

/** The operating system's name of whoever types; a header holds only plain characters. */
function operatingSystemUser(): string {
  try {
    return userInfo().username.replace(/[^\x21-\x7e]/g, '?') || 'unknown'
  } catch {
    return 'unknown'
  }
}
