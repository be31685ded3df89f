import type { ServerErrorCode } from './server-error-codes.ts'

/** The codes of what can go wrong on this side of the connection. */
export type LocalErrorCode =
  /** No answer: the connection was refused or broke, or the request took too long. */
  | 'SERVER_UNREACHABLE'
  /** An answer that Signalbox does not give; often a proxy in between. */
  | 'RESPONSE_INVALID'
  /** `waitForEnd` ran out of time. */
  | 'WAIT_TIMEOUT'
  /** The caller's signal was aborted. */
  | 'ABORTED'

/** Known codes, and room for those of a newer server. */
export type ErrorCode = ServerErrorCode | LocalErrorCode | (string & {})

export interface SignalboxClientErrorOptions {
  readonly status?: number
  readonly retry?: boolean
  readonly retryAfterMs?: number
  readonly problem?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** What every failing call of the library throws. */
export class SignalboxClientError extends Error {
  override readonly name = 'SignalboxClientError'
  readonly code: ErrorCode
  /** A sentence: what was expected, then what was found. */
  readonly detail: string
  /** The HTTP status; 0 where there was no answer. */
  readonly status: number
  /** Whether the same call can succeed later. */
  readonly retry: boolean
  readonly retryAfterMs: number | undefined
  /** The whole `application/problem+json`, with what else it says (`errors`, `diagnostics` …). */
  readonly problem: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, detail: string, options: SignalboxClientErrorOptions = {}) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.detail = detail
    this.status = options.status ?? 0
    this.retry = options.retry ?? false
    this.retryAfterMs = options.retryAfterMs
    this.problem = options.problem ?? {}
  }
}
