import { randomUUID } from 'node:crypto'
import { SignalboxError } from '../../errors/signalbox-error.ts'

/** Executions that one bulk act may cover: more would hold the engine for minutes. */
export const bulkExecutionsMax = 10_000

/** Sets kept at once; the oldest gives way. */
const setsMax = 100

/** Long enough to read the sample and think; short enough that the set is still what was meant. */
const setLifeMs = 15 * 60_000

/** The executions that a dry run found, frozen until the act on them is confirmed. */
export interface BulkSets {
  freeze(executionIds: readonly string[]): { readonly token: string; readonly expiresAt: number }
  /** Gives the set once. Throws BULK_SET_NOT_FOUND. */
  take(token: string): readonly string[]
}

export function createBulkSets(now: () => number = Date.now): BulkSets {
  const sets = new Map<string, { ids: readonly string[]; expiresAt: number }>()
  return {
    freeze: (ids) => {
      const [oldest] = sets.keys()
      if (sets.size >= setsMax && oldest !== undefined) sets.delete(oldest)
      const token = randomUUID()
      const expiresAt = now() + setLifeMs
      sets.set(token, { ids, expiresAt })
      return { token, expiresAt }
    },
    take: (token) => {
      const set = sets.get(token)
      sets.delete(token)
      if (set === undefined || set.expiresAt < now()) {
        throw new SignalboxError(
          'BULK_SET_NOT_FOUND',
          'expected the set of a dry run of the last 15 minutes that was not used yet, found none',
        )
      }
      return set.ids
    },
  }
}
