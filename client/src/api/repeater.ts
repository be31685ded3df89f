import { createBackoff, pause } from '../backoff.ts'
import { SignalboxClientError } from '../signalbox-client-error.ts'

/** Repeats a request that can be repeated without harm, while the error says that it may pass later. */
export type Repeater = <Answer>(
  request: () => Promise<Answer>,
  signal?: AbortSignal,
) => Promise<Answer>

/** Answers that are final for the caller, although the same request could pass at another time. */
const notRepeated = new Set<string>(['KEY_TAKEN', 'FLOW_PAUSED'])

export function createRepeater(repeatsMax: number): Repeater {
  return async (request, signal) => {
    const backoff = createBackoff()
    for (;;) {
      try {
        return await request()
      } catch (error) {
        if (!mayPassLater(error) || backoff.failures >= repeatsMax) throw error
        await pause(backoff.nextMs(error.retryAfterMs), signal)
        if (signal?.aborted === true) throw error
      }
    }
  }
}

function mayPassLater(error: unknown): error is SignalboxClientError {
  return error instanceof SignalboxClientError && error.retry && !notRepeated.has(error.code)
}
