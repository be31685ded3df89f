/** Thrown by a handler: the command failed for good and must not be tried again. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError'
  /** Shown with the failure, and what flows can distinguish failures by. */
  readonly code: string

  constructor(message: string, options: { readonly code?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code ?? 'HANDLER_FAILED'
  }
}

/** Thrown by a handler: not now; try again, but no sooner than after this time. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater'
  readonly retryAfterMs: number

  constructor(retryAfterMs: number, message = 'the service asked to be tried again later') {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** The server takes no control characters in names. */
const notInNames = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu

/** What a failure is called: a code of its own, else HANDLER_FAILED. */
export function codeOf(error: unknown): string {
  if (error instanceof RetryLater) return 'RETRY_LATER'
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code) {
    return error.code.replace(notInNames, ' ')
  }
  return 'HANDLER_FAILED'
}

/** What a failure says; never empty. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message === '' ? 'no message was given' : message
}
