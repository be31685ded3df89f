import type { ExecutionChange } from './engine.ts'
import type { Log } from './log.ts'

type Listener = (change: ExecutionChange) => void

/** Those who want to hear of every change. */
export interface Audience {
  /**
   * @param elsewhere asked before what other replicas did is read for this listener; absent: never
   * @returns the way to end it
   */
  add(listener: Listener, elsewhere?: () => boolean): () => void
  hearsElsewhere(): boolean
  tell(change: ExecutionChange): void
}

export function createAudience(log: Log): Audience {
  const listeners = new Map<Listener, (() => boolean) | undefined>()
  return {
    add(listener, elsewhere) {
      listeners.set(listener, elsewhere)
      return () => listeners.delete(listener)
    },
    hearsElsewhere: () => [...listeners.values()].some((elsewhere) => elsewhere?.() === true),
    tell(change) {
      for (const [listener, elsewhere] of listeners) {
        if (change.isElsewhere && elsewhere?.() !== true) continue
        try {
          listener(change)
        } catch (error) {
          // What is committed must be dispatched and answered, whatever an onlooker makes of it.
          log.error({ err: error, executionId: change.execution.id }, 'a listener failed')
        }
      }
    },
  }
}
