import type { SharedSubject, SharedStore } from '../contract/sharing-subject.ts'
import { storeContract } from '../contract.ts'
import { sharedStoreContract } from '../sharing-contract.ts'
import { openSharedMemory } from './memory-for-replicas.ts'

const startedAt = 1_700_000_000_000
const leaseMs = 1_000

sharedStoreContract('memory', async () => openSubject())

const forgets = 'the contents are forgotten with the process, by design'
const refusesNothing = 'memory refuses no writes'

storeContract(
  'memory, as one of several',
  async () => {
    const memory = openSharedMemory({ now: () => startedAt })
    const store = await memory.open()
    return { store, cleanup: () => store.close() }
  },
  [
    { test: 'reopening loses nothing', reason: forgets },
    { test: 'a reopened store goes on where it was', reason: forgets },
    { test: 'whatever row cannot be written, nothing is half done', reason: refusesNothing },
    { test: 'a refused deletion deletes nothing', reason: refusesNothing },
    { test: 'nothing of a refused commit comes back with the next one', reason: refusesNothing },
  ],
)

/** Time passes only where a test says so. */
function openSubject(): SharedSubject {
  let now = startedAt
  const memory = openSharedMemory({ now: () => now })
  const stores: SharedStore[] = []
  const storesById = new Map<string, SharedStore>()
  return {
    leaseMs,
    open: async () => {
      const store = await memory.open()
      const join = store.sharing.join.bind(store.sharing)
      store.sharing.join = async (replica) => {
        await join(replica)
        storesById.set(replica.id, store)
      }
      stores.push(store)
      return store
    },
    endLease: async (replicaId) => {
      const onlooker = await memory.open()
      // Longer than a lease, in steps in which all the others renew theirs.
      for (const stepMs of [leaseMs * 0.6, leaseMs * 0.6]) {
        const alive = await onlooker.sharing.replicas()
        for (const { id } of alive.filter((replica) => replica.id !== replicaId)) {
          await storesById.get(id)?.sharing.renew()
        }
        now += stepMs
      }
    },
    tick: async () => {
      now += 10
    },
    cleanup: async () => {
      for (const store of stores) await store.close()
    },
  }
}
