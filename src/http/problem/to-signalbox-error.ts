import { randomUUID } from 'node:crypto'
import type { Log } from '../../engine/log.ts'
import type { ErrorCode } from '../../errors/catalogue.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'

/** What Fastify finds wrong before a route is reached, by its codes. */
const frameworkErrors: Readonly<Record<string, { code: ErrorCode; detail: string }>> = {
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'HTTP_MALFORMED',
    detail: 'expected as many bytes as Content-Length says, found another number',
  },
  FST_ERR_BAD_URL: {
    code: 'HTTP_MALFORMED',
    detail: 'expected a path with valid percent-encoded UTF-8, found one that cannot be decoded',
  },
  FST_ERR_MAX_PARAM_LENGTH: {
    code: 'NAME_INVALID',
    detail: 'expected a name or id of at most 200 characters in the path, found a longer one',
  },
}

/**
 * Makes a SignalboxError of anything that was thrown. What was not foreseen becomes INTERNAL: the
 * caller gets an id, the log gets the id and the error, and nothing of the error leaves the process.
 */
export function toSignalboxError(
  error: unknown,
  request: { readonly method: string; readonly url: string },
  log: Log,
): SignalboxError {
  if (error instanceof SignalboxError) {
    if (error.status >= 500 && error.status !== 503) {
      log.error({ err: error, method: request.method, url: request.url }, error.message)
    }
    return error
  }
  const code = codeOf(error)
  const known = code === undefined ? undefined : frameworkErrors[code]
  if (known !== undefined) return new SignalboxError(known.code, known.detail, { cause: error })
  // The caller went away while it was sending; nobody reads the answer.
  if (code === 'ECONNRESET') {
    return new SignalboxError('HTTP_MALFORMED', 'expected a whole body, found its beginning')
  }
  return internalError(error, request, log)
}

function internalError(
  error: unknown,
  request: { readonly method: string; readonly url: string },
  log: Log,
): SignalboxError {
  const errorId = randomUUID()
  log.error(
    { err: error, errorId, method: request.method, url: request.url },
    'a request failed unexpectedly',
  )
  return new SignalboxError(
    'INTERNAL',
    `expected to handle the request, found a mistake in Signalbox. Its log has the particulars under ${errorId}.`,
    { cause: error, details: { errorId } },
  )
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
