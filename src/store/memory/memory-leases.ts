import type { NewReplica, Replica } from '../sharing.ts'

/** The leases of replicas, by one clock. */
export class MemoryLeases {
  readonly #now: () => number
  readonly #replicasById = new Map<string, Replica>()

  constructor(now: () => number) {
    this.#now = now
  }

  begin(replica: NewReplica): void {
    const now = this.#now()
    this.#replicasById.set(replica.id, {
      ...replica,
      joinedAt: this.#replicasById.get(replica.id)?.joinedAt ?? now,
      leaseUntil: now + replica.leaseMs,
    })
  }

  end(id: string): void {
    this.#replicasById.delete(id)
  }

  isAlive(id: string): boolean {
    return (this.#replicasById.get(id)?.leaseUntil ?? 0) > this.#now()
  }

  alive(): readonly Replica[] {
    const replicas = [...this.#replicasById.values()].filter(({ id }) => this.isAlive(id))
    return replicas.toSorted((left, right) => (left.id < right.id ? -1 : 1))
  }
}
