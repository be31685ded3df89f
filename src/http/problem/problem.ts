import { type ErrorCode, errorKinds } from '../../errors/catalogue.ts'
import type { SignalboxError } from '../../errors/signalbox-error.ts'

export const problemMediaType = 'application/problem+json; charset=utf-8'

/** One thing that is wrong with a request. */
export interface Fault {
  /** Where, as a JSON pointer into `in`. */
  readonly path: string
  readonly in: 'body' | 'querystring' | 'params' | 'headers'
  readonly message: string
}

/** The body of every error answer (RFC 9457). */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly code: ErrorCode
  readonly detail: string
  /** Where the request is wrong, as far as that is known. */
  readonly errors?: readonly Fault[]
  /** Findings in a flow's text (FLOW_INVALID). */
  readonly diagnostics?: readonly unknown[]
  /** The page that explains the code. */
  readonly docs: string
  /** Whether the same request can succeed later. */
  readonly retry: boolean
}

/** The wire form of an error. */
export function errorToProblem(error: SignalboxError): Problem {
  const { errors, diagnostics } = error.details
  return {
    ...codeToProblem(error.code, error.detail),
    ...(Array.isArray(errors) ? { errors } : {}),
    ...(Array.isArray(diagnostics) ? { diagnostics } : {}),
  }
}

/** The wire form of a code without further facts. */
export function codeToProblem(code: ErrorCode, detail: string): Problem {
  const { status, title, retry } = errorKinds[code]
  const docs = `/errors/${code}`
  return { type: docs, title, status, code, detail, docs, retry }
}

/** Headers that belong to the answer of an error. */
export function problemHeaders(error: SignalboxError): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': problemMediaType }
  if (error.retryAfterMs !== undefined) {
    headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterMs / 1000)))
  } else if (error.status === 503) {
    headers['retry-after'] = '1'
  }
  if (error.code === 'UNAUTHENTICATED') headers['www-authenticate'] = 'Bearer'
  const { allow } = error.details
  if (typeof allow === 'string') headers['allow'] = allow
  return headers
}
