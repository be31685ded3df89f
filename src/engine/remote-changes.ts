import { type Execution, isFinished } from '../kernel/model/execution.ts'
import type { Notice } from '../store/sharing.ts'
import type { Store } from '../store/store.ts'
import type { ExecutionChange } from './engine.ts'
import type { Log } from './log.ts'
import type { Clock } from './options.ts'
import type { Waiters } from './waiters.ts'

/** Brings what other replicas have written to those here who wait for it or watch. */
export interface RemoteChanges {
  /** Others have written these executions. */
  heard(changed: Notice['changed']): void
  start(): void
  stop(): void
}

interface RemoteChangesDeps {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly waiters: Waiters
  /** Whether there is no other replica, as far as is known. */
  readonly isAlone: () => boolean
  /** Whether anybody wants to hear of every change elsewhere. */
  readonly hasAudience: () => boolean
  readonly onChange: (change: ExecutionChange) => void
}

/** What is heard of may be lost, so ends that are waited for are also looked up this often. */
const lookMs = 1_000
/** Changes of so long are read together. */
const gatherMs = 20
const executionsPerRead = 500

export function createRemoteChanges(deps: RemoteChangesDeps): RemoteChanges {
  const { store, clock, log, waiters } = deps
  let heardIds = new Set<string>()
  let cancelReading: (() => void) | undefined
  let cancelLook: (() => void) | undefined
  let stopped = false

  async function read(ids: readonly string[], then: (execution: Execution) => void): Promise<void> {
    for (let from = 0; from < ids.length; from += executionsPerRead) {
      const executions = await store.readExecutions(ids.slice(from, from + executionsPerRead))
      for (const execution of executions.values()) then(execution)
    }
  }

  function changed(execution: Execution): void {
    waiters.notify(execution)
    if (!deps.hasAudience()) return
    deps.onChange({
      execution,
      facts: [],
      isElsewhere: true,
      // Only a start leaves everything at the same time.
      created: execution.startedAt === execution.updatedAt,
      finished: isFinished(execution),
      incidentChanged: execution.incident !== undefined,
    })
  }

  async function readHeard(): Promise<void> {
    cancelReading = undefined
    const ids = [...heardIds]
    heardIds = new Set()
    await read(ids, changed).catch(cannotRead)
  }

  function look(): void {
    if (stopped) return
    const ids = deps.isAlone() ? [] : waiters.ids()
    void read(ids, (execution) => waiters.notify(execution))
      .catch(cannotRead)
      .then(() => {
        if (!stopped) cancelLook = clock.schedule(lookMs, look)
        return undefined
      })
  }

  function cannotRead(error: unknown): void {
    log.debug({ err: error }, 'changes of other replicas cannot be read')
  }

  return {
    heard(changes) {
      const everything = deps.hasAudience()
      for (const { id, finished } of changes) {
        if (everything || (finished && waiters.has(id))) heardIds.add(id)
      }
      if (heardIds.size > 0 && !stopped) {
        cancelReading ??= clock.schedule(gatherMs, () => void readHeard())
      }
    },
    start: look,
    stop() {
      stopped = true
      cancelReading?.()
      cancelLook?.()
    },
  }
}
