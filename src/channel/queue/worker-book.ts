/** Who leases from the channel: for people who ask whether anybody works. */
export interface WorkerBook {
  seen(worker: string, at: number): void
  leased(worker: string, count: number): void
  released(worker: string | undefined): void
  list(): readonly WorkerRecord[]
}

export interface WorkerRecord {
  readonly worker: string
  readonly lastSeenAt: number
  readonly leased: number
}

/** Names come from outside; those seen longest ago are forgotten first. */
const workersMax = 1_000

export function createWorkerBook(): WorkerBook {
  const recordsByName = new Map<string, { lastSeenAt: number; leased: number }>()
  return {
    seen(worker, at) {
      const record = recordsByName.get(worker)
      recordsByName.delete(worker)
      recordsByName.set(worker, { lastSeenAt: at, leased: record?.leased ?? 0 })
      if (recordsByName.size <= workersMax) return
      const oldest = recordsByName.keys().next()
      if (oldest.done !== true) recordsByName.delete(oldest.value)
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
