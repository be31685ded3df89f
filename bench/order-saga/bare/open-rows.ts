import type { BareRows } from './bare-rows.ts'
import { PostgresRows } from './postgres-rows.ts'
import { SqliteRows } from './sqlite-rows.ts'

/** Opens the rows at a file's path or at the URL of a PostgreSQL database. */
export async function openRows(place: string): Promise<BareRows> {
  return place.startsWith('postgres://') ? await PostgresRows.open(place) : new SqliteRows(place)
}
