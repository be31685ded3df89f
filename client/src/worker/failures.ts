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
