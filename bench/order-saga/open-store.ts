import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'

/** Opens a Signalbox store at a file's path or at the URL of a PostgreSQL database. */
export async function openStore(place: string, synchronous: 'full' | 'normal'): Promise<Store> {
  if (!place.startsWith('postgres://')) return await openSqliteStore({ path: place, synchronous })
  // The setting belongs to the connection: the server syncs for everybody else as it always does.
  const options = synchronous === 'normal' ? '?options=-c%20synchronous_commit%3Doff' : ''
  const { openPostgresStore } = await import('../../src/store/postgres/postgres-store.ts')
  return await openPostgresStore({ url: `${place}${options}` })
}
