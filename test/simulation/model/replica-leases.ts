/** The leases of the replicas, as the store has granted them. */
export interface ReplicaLeases {
  granted(replicaId: string, until: number): void
  ended(replicaId: string): void
  has(replicaId: string): boolean
  /** How often its lease had ended before it was granted again. */
  lapses(replicaId: string): number
}

export function createReplicaLeases(now: () => number): ReplicaLeases {
  const leases = new Map<string, { until: number; lapses: number }>()
  return {
    granted(replicaId, until) {
      const lease = leases.get(replicaId)
      if (lease === undefined) leases.set(replicaId, { until, lapses: 0 })
      else {
        if (lease.until <= now()) lease.lapses += 1
        lease.until = until
      }
    },
    ended(replicaId) {
      const lease = leases.get(replicaId)
      if (lease !== undefined) lease.until = now()
    },
    has: (replicaId) => (leases.get(replicaId)?.until ?? 0) > now(),
    lapses: (replicaId) => leases.get(replicaId)?.lapses ?? 0,
  }
}
