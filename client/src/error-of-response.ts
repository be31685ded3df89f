import { SignalboxClientError } from './signalbox-client-error.ts'

/** Makes the error of an answer that is not a success. */
export function errorOfResponse(response: Response, text: string): SignalboxClientError {
  const { status } = response
  const problem = parsedObject(text)
  const retryAfterMs = retryAfter(response.headers.get('retry-after'))
  const base = { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  if (typeof problem?.['code'] !== 'string') {
    return new SignalboxClientError(
      'RESPONSE_INVALID',
      `expected an answer of Signalbox, found status ${status}: ${text.slice(0, 200)}`,
      { ...base, retry: status >= 500 || status === 429 || status === 408 },
    )
  }
  const detail = typeof problem['detail'] === 'string' ? problem['detail'] : 'no detail was given'
  const retry = typeof problem['retry'] === 'boolean' ? problem['retry'] : status >= 500
  return new SignalboxClientError(problem['code'], detail, { ...base, retry, problem })
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function retryAfter(header: string | null): number | undefined {
  const seconds = header === null ? Number.NaN : Number(header)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined
}
