import { join } from 'node:path'
import type { Child } from '../../measure/child.ts'
import { directorySizeBytes } from '../../measure/directory-size.ts'
import { startPostgres } from '../../servers/postgres-server.ts'
import type { Workplace } from './system.ts'

export type StoreKind = 'sqlite' | 'postgres'

/** A store of one case, empty at the beginning. */
export interface StoreServer {
  readonly kind: StoreKind
  /** A path, or a URL. */
  readonly place: string
  /** As Signalbox's configuration says it. */
  readonly url: string
  readonly children: readonly Child[]
  readonly sizeBytes: () => number
  /** After much was filled: does now what the database would otherwise do some time in the next minutes. */
  settle(): Promise<void>
}

/** Starts what the store needs: a PostgreSQL of its own, or nothing for a file. */
export async function startStore(kind: StoreKind, workplace: Workplace): Promise<StoreServer> {
  if (kind === 'postgres') {
    const { child, url, sizeBytes, query } = await startPostgres(workplace)
    const settle = async () => {
      await query('VACUUM ANALYZE')
      await query('CHECKPOINT')
    }
    return { kind, place: url, url, children: [child], sizeBytes, settle }
  }
  const place = join(workplace.data, 'store.db')
  const sizeBytes = () => directorySizeBytes(workplace.data)
  return {
    kind,
    place,
    url: `sqlite:${place}`,
    children: [],
    sizeBytes,
    settle: () => Promise.resolve(),
  }
}
