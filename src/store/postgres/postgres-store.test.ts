import { setTimeout as pause } from 'node:timers/promises'
import { vi } from 'vitest'
import { createTestDatabase } from '../../../test/infrastructure/postgres/postgres-for-tests.ts'
import { storeContract } from '../contract.ts'
import type { SharedStore, SharedSubject } from '../contract/sharing-subject.ts'
import type { StoreSubject } from '../contract/subject.ts'
import { sharedStoreContract } from '../sharing-contract.ts'
import type { Store } from '../store.ts'
import { openPostgresStore } from './postgres-store.ts'
import { refuseNthRow } from './testing/refuse-nth-row.ts'

// Random histories make many schemas, and ask thousands of questions over a socket.
vi.setConfig({ testTimeout: 120_000 })

storeContract('postgres', openSubject)
sharedStoreContract('postgres', openSharedSubject)

async function openSubject(): Promise<StoreSubject> {
  const database = await createTestDatabase()
  const open = (): Promise<Store> => openPostgresStore({ url: database.url })
  let store = await open()
  return {
    store,
    reopen: async () => {
      await store.close()
      store = await open()
      return store
    },
    refuseNthRow: (n) => refuseNthRow(database, n),
    cleanup: async () => {
      await store.close()
      await database.remove()
    },
  }
}

async function openSharedSubject(): Promise<SharedSubject> {
  const database = await createTestDatabase()
  const opened: SharedStore[] = []
  return {
    leaseMs: 600_000,
    async open() {
      const store = await openPostgresStore({ url: database.url })
      opened.push(store)
      return store
    },
    async endLease(replicaId) {
      await database.query(
        `UPDATE replicas SET lease_until = clock_timestamp() - interval '1 ms' WHERE id = $1`,
        [replicaId],
      )
    },
    tick: () => pause(5),
    async cleanup() {
      await Promise.all(opened.map((store) => store.close()))
      await database.remove()
    },
  }
}
