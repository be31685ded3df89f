import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../engine/log.ts'
import type { Store } from '../store/store.ts'
import type { RetentionOptions } from './retention-options.ts'
import { runRetention } from './run-retention.ts'

export interface RetentionSchedule {
  readonly store: Store
  readonly options: RetentionOptions
  readonly replicaName: string
  /** This replica in a shared store. */
  readonly replicaId?: string
  readonly log: Log
  readonly firstAfterMs?: number
  readonly everyMs?: number
}

/** The start has other things to do. */
const firstAfterMsDefault = 60_000
/** Nobody counts the days of retention in minutes. */
const everyMsDefault = 3_600_000

/**
 * Runs retention from time to time, until it is stopped. In a shared store the first of the replicas by
 * id does it; when it is gone, the next one does. That two may believe it of themselves for a moment
 * costs a line that is in the archive twice, and nothing else.
 */
export function scheduleRetention(schedule: RetentionSchedule): { stop(): Promise<void> } {
  const { options, log, firstAfterMs = firstAfterMsDefault, everyMs = everyMsDefault } = schedule
  const stopping = new AbortController()
  const { signal } = stopping

  async function pause(ms: number): Promise<void> {
    // Fails only when it is aborted, and then the wait is over as well.
    await wait(ms, undefined, { signal, ref: false }).catch(() => {})
  }

  async function runOnce(): Promise<void> {
    const { store, replicaName } = schedule
    try {
      if (!(await isFirst(schedule))) return
      const result = await runRetention({
        store,
        options,
        replicaName,
        now: Date.now,
        pause,
        signal,
      })
      if (result.deleted > 0) log.info(result, 'retention has deleted finished executions')
      if (result.owing > 0) {
        log.warn(result, 'retention left executions whose commands nobody has taken')
      }
    } catch (error) {
      log.error({ err: error }, 'retention failed; it is tried again')
    }
  }

  async function runRepeatedly(): Promise<void> {
    await pause(firstAfterMs)
    while (!signal.aborted) {
      await runOnce()
      await pause(everyMs)
    }
  }

  const ended = options.finishedAfterMs === undefined ? Promise.resolve() : runRepeatedly()
  return {
    async stop() {
      stopping.abort()
      await ended
    },
  }
}

async function isFirst({ store, replicaId }: RetentionSchedule): Promise<boolean> {
  if (store.sharing === undefined || replicaId === undefined) return true
  const [first] = await store.sharing.replicas()
  return first === undefined || first.id === replicaId
}
