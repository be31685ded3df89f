import type { FinishedCommand } from './finished-command.ts'

/**
 * The results of the commands that succeeded lately, the oldest forgotten first. A command that
 * comes again after its result was sent gets the same result, and its handler does not run again.
 */
export interface RecentResults {
  add(finished: FinishedCommand): void
  get(commandId: string): FinishedCommand | undefined
}

export function createRecentResults(max: number): RecentResults {
  const byId = new Map<string, FinishedCommand>()
  return {
    add: (finished) => {
      byId.delete(finished.id)
      byId.set(finished.id, finished)
      if (byId.size <= max) return
      for (const oldest of byId.keys()) {
        byId.delete(oldest)
        return
      }
    },
    get: (commandId) => byId.get(commandId),
  }
}
