import { type Execution, isFinished } from '../kernel/model/execution.ts'
import type { Clock } from './options.ts'

/** Callers that wait for executions to end. */
export interface Waiters {
  wait(id: string, waitMs: number, signal?: AbortSignal): Wait
  notify(execution: Execution): void
  /** Whose end is waited for. */
  ids(): readonly string[]
  has(id: string): boolean
  /** Ends every wait. */
  release(): void
}

export interface Wait {
  /** The ended execution, or `undefined` when the time is over, or it is aborted or cancelled. */
  readonly ended: Promise<Execution | undefined>
  cancel(): void
}

type Resolve = (execution: Execution | undefined) => void

export function createWaiters(clock: Clock): Waiters {
  const resolvesById = new Map<string, Set<Resolve>>()

  function remove(id: string, resolve: Resolve): void {
    const resolves = resolvesById.get(id)
    resolves?.delete(resolve)
    if (resolves?.size === 0) resolvesById.delete(id)
  }

  return {
    wait(id, waitMs, signal) {
      const { promise, resolve } = Promise.withResolvers<Execution | undefined>()
      const end: Resolve = (execution) => {
        cancelTimer()
        signal?.removeEventListener('abort', onAbort)
        remove(id, end)
        resolve(execution)
      }
      const onAbort = (): void => end(undefined)
      const cancelTimer = clock.schedule(waitMs, onAbort)
      signal?.addEventListener('abort', onAbort)
      const resolves = resolvesById.get(id)
      if (resolves === undefined) resolvesById.set(id, new Set([end]))
      else resolves.add(end)
      if (signal?.aborted === true || waitMs <= 0) onAbort()
      return { ended: promise, cancel: onAbort }
    },
    notify(execution) {
      if (!isFinished(execution)) return
      const resolves = resolvesById.get(execution.id)
      if (resolves === undefined) return
      for (const resolve of resolves) resolve(execution)
    },
    ids: () => [...resolvesById.keys()],
    has: (id) => resolvesById.has(id),
    release() {
      for (const resolves of resolvesById.values()) {
        for (const resolve of resolves) resolve(undefined)
      }
    },
  }
}
