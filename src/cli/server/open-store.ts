import type { StoreConfiguration } from '../../config/configuration.ts'
import { openMemoryStore } from '../../store/memory/memory-store.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { Store } from '../../store/store.ts'

/** Opens the store that is configured. Drivers are loaded where they are needed only. */
export async function openStore(store: StoreConfiguration): Promise<Store> {
  switch (store.kind) {
    case 'memory':
      return openMemoryStore()
    case 'sqlite':
      return openSqliteStore(store)
    case 'postgres': {
      const { openPostgresStore } = await import('../../store/postgres/postgres-store.ts')
      const { url, poolConnections } = store
      return openPostgresStore({ url, poolConnections })
    }
  }
}
