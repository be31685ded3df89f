import type { Log } from '../../engine/log.ts'
import { SignalboxError } from '../../errors/signalbox-error.ts'

/** A disk that is full still answers reads: a commit that failed counts for so long. */
const commitFailureCountsMs = 10_000

/**
 * Tells of outages of the store: one line when it stops answering, one when it answers again, with how
 * long that was and how often it was asked in vain.
 */
export function createStoreOutages(
  log: Log,
  now: () => number = Date.now,
): {
  answered(method: string): void
  failed(method: string, error: unknown): void
} {
  let since: number | undefined
  let failures = 0
  let commitFailedAt = Number.NEGATIVE_INFINITY
  return {
    failed: (method, error) => {
      if (!isUnavailable(error)) return
      failures += 1
      if (method === 'commit') commitFailedAt = now()
      if (since !== undefined) return
      since = now()
      log.error({ err: error, call: method }, 'the store does not answer')
    },
    answered: (method) => {
      if (since === undefined) return
      if (method === 'commit') commitFailedAt = Number.NEGATIVE_INFINITY
      if (now() - commitFailedAt < commitFailureCountsMs) return
      log.info({ outageMs: now() - since, failures }, 'the store answers again')
      since = undefined
      failures = 0
    },
  }
}

/** The log without the many consequences of an outage, of which `createStoreOutages` tells. */
export function withoutOutages(log: Log): Log {
  const unless = (tell: Log['error']): Log['error'] => {
    return (fields, message) => {
      if ('err' in fields && isUnavailable(fields.err)) log.debug(fields, message)
      else tell(fields, message)
    }
  }
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: unless((fields, message) => log.warn(fields, message)),
    error: unless((fields, message) => log.error(fields, message)),
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof SignalboxError && error.code === 'STORE_UNAVAILABLE'
}
