/** Who leases from the channel: for people who ask whether anybody works. */
export interface WorkerBook {
  /** @param commands what it asks for; absent: everything */
  seen(worker: string, at: number, commands?: readonly string[]): void
  /** What the workers that were seen since then ask for; absent: everything. */
  wanted(since: number): ReadonlySet<string> | undefined
  leased(worker: string, count: number): void
  released(worker: string | undefined): void
  list(): readonly WorkerRecord[]
}

export interface WorkerRecord {
  readonly worker: string
  readonly lastSeenAt: number
  readonly leased: number
}

interface Worker {
  lastSeenAt: number
  leased: number
  readonly commands: readonly string[] | undefined
}

/** Names come from outside; those seen longest ago are forgotten first. */
const workersMax = 1_000

export function createWorkerBook(): WorkerBook {
  const recordsByName = new Map<string, Worker>()
  return {
    seen(worker, at, commands) {
      const record = recordsByName.get(worker)
      recordsByName.delete(worker)
      recordsByName.set(worker, { lastSeenAt: at, leased: record?.leased ?? 0, commands })
      if (recordsByName.size <= workersMax) return
      const oldest = recordsByName.keys().next()
      if (oldest.done !== true) recordsByName.delete(oldest.value)
    },
    wanted(since) {
      const names = new Set<string>()
      for (const { lastSeenAt, commands } of recordsByName.values()) {
        if (lastSeenAt < since) continue
        if (commands === undefined) return undefined
        for (const name of commands) names.add(name)
      }
      return names
    },
    leased(worker, count) {
      const record = recordsByName.get(worker)
      if (record !== undefined) record.leased += count
    },
    released(worker) {
      const record = worker === undefined ? undefined : recordsByName.get(worker)
      if (record !== undefined && record.leased > 0) record.leased -= 1
    },
    list: () =>
      [...recordsByName].map(([worker, { lastSeenAt, leased }]) => ({
        worker,
        lastSeenAt,
        leased,
      })),
  }
}
