import { type ErrorCode, errorKinds } from './catalogue.ts'

export interface ErrorOptions {
  readonly cause?: unknown
  /** Further facts for machines: ids, limits, diagnostics. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly retryAfterMs?: number
}

/**
 * The one error class. `detail` is a sentence that says what was expected, then what was found.
 * Kernel rejections are values; they become this class at the border.
 */
export class SignalboxError extends Error {
  override readonly name = 'SignalboxError'
  readonly code: ErrorCode
  readonly detail: string
  readonly details: Readonly<Record<string, unknown>>
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, detail: string, options: ErrorOptions = {}) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.detail = detail
    this.details = options.details ?? {}
    this.retryAfterMs = options.retryAfterMs
  }

  get status(): number {
    return errorKinds[this.code].status
  }

  get title(): string {
    return errorKinds[this.code].title
  }

  get exitCode(): number {
    return errorKinds[this.code].exitCode
  }
}
