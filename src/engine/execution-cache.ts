import { type Execution, isFinished } from '../kernel/model/execution.ts'

/** Keeps the unfinished executions that were used last, so that the hot ones need no read. */
export interface ExecutionCache {
  get(id: string): Execution | undefined
  /** Takes the newest revision; a finished execution is forgotten instead. */
  put(execution: Execution): void
  forget(id: string): void
  size(): number
}

/** @param executionsMax beyond it the one that was changed longest ago is forgotten */
export function createExecutionCache(executionsMax: number): ExecutionCache {
  const executionsById = new Map<string, Execution>()
  return {
    get: (id) => executionsById.get(id),
    put(execution) {
      // A Map iterates in order of insertion: putting anew makes it the youngest.
      executionsById.delete(execution.id)
      if (isFinished(execution)) return
      executionsById.set(execution.id, execution)
      if (executionsById.size <= executionsMax) return
      const oldest = executionsById.keys().next()
      if (oldest.done !== true) executionsById.delete(oldest.value)
    },
    forget: (id) => executionsById.delete(id),
    size: () => executionsById.size,
  }
}
