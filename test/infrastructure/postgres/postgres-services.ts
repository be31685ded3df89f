import type { FoundService } from '../lazy-services.ts'
import { startPostgres } from './start-postgres.ts'

/** One server for all tests: that of `PG_URL`, or one of our own. */
export async function sharedPostgres(): Promise<FoundService> {
  const given = process.env['PG_URL']
  if (given !== undefined && given !== '') {
    return { kind: 'found', address: { url: given }, stop: async () => {} }
  }
  const postgres = await startPostgres()
  return { kind: 'found', address: { url: postgres.url }, stop: postgres.stop }
}
