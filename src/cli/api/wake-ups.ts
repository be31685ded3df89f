import type { ApiClient } from './client.ts'

/** Tells that something may have happened, as far as the live stream says so. */
export interface WakeUps {
  /** Answers when something happened since the last call, at the latest after `timeoutMs`. */
  next(timeoutMs: number): Promise<'changed' | 'timeout'>
  close(): void
}

/**
 * Listens to the changes of one execution. The stream only saves waiting: while it is away, or when
 * the token may not open it, `next` falls back to its timeout, so nothing is missed.
 */
export function openWakeUps(client: ApiClient, executionId: string): WakeUps {
  const controller = new AbortController()
  let changed = false
  let wake = () => {}
  const notify = () => {
    changed = true
    wake()
  }
  void listen(client, executionId, controller.signal, notify)
  return {
    next: async (timeoutMs) => {
      if (!changed) {
        await new Promise<void>((resolve) => {
          const timeout = setTimeout(resolve, timeoutMs)
          wake = () => {
            clearTimeout(timeout)
            resolve()
          }
        })
      }
      wake = () => {}
      const answer = changed ? 'changed' : 'timeout'
      changed = false
      return answer
    },
    close: () => {
      controller.abort()
      wake()
    },
  }
}

async function listen(
  client: ApiClient,
  executionId: string,
  signal: AbortSignal,
  notify: () => void,
): Promise<void> {
  try {
    const response = await client.open('api/live', {
      query: { execution: executionId },
      headers: { accept: 'text/event-stream' },
      signal,
    })
    for await (const _chunk of response.body ?? []) notify()
  } catch {
    // Not there, not allowed, or closed: `next` has its timeout.
  }
}
