import { vi } from 'vitest'
import { createTestDatabase } from '../../../test/infrastructure/postgres/postgres-for-tests.ts'
import { storeContract } from '../contract.ts'
import type { StoreSubject } from '../contract/subject.ts'
import type { Store } from '../store.ts'
import { openPostgresStore } from './postgres-store.ts'
import { refuseNthRow } from './testing/refuse-nth-row.ts'

// Random histories make many schemas, and ask thousands of questions over a socket.
vi.setConfig({ testTimeout: 120_000 })

storeContract('postgres', openSubject)

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
