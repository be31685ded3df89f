import type { Store } from '../../../src/store/store.ts'
import type { PublishedFlows } from '../model/published-flows.ts'
import type { ReplicaLeases } from '../model/replica-leases.ts'
import type { StoredExecutions } from '../model/stored-executions.ts'
import { aroundStore } from './around-store.ts'

export interface Witness {
  readonly stored: StoredExecutions
  readonly published: PublishedFlows
  readonly leases: ReplicaLeases
  readonly now: () => number
}

/** A store whose model sees what is written, in the order in which the store takes it. */
export function witnessedStore(target: Store, writer: string, witness: Witness): Store {
  const { stored, published, leases, now } = witness
  const { sharing } = target
  const around = aroundStore(target, (_call, work) => work())
  let replica: { readonly id: string; readonly leaseMs: number } | undefined
  return {
    ...around,
    async commit(writes) {
      const results = await target.commit(writes)
      writes.forEach((write, index) => {
        const result = results[index]
        if (result !== undefined) stored.written(writer, write, result)
      })
      return results
    },
    async publishFlow(candidate) {
      const version = await target.publishFlow(candidate)
      published.stored(version)
      return version
    },
    ...(sharing === undefined || around.sharing === undefined
      ? {}
      : {
          sharing: {
            ...around.sharing,
            async join(joining) {
              await sharing.join(joining)
              replica = joining
              leases.granted(joining.id, now() + joining.leaseMs)
            },
            async renew() {
              const renewed = await sharing.renew()
              if (replica !== undefined) leases.granted(replica.id, now() + replica.leaseMs)
              return renewed
            },
            async leave() {
              await sharing.leave()
              if (replica !== undefined) leases.ended(replica.id)
            },
          },
        }),
  }
}
