import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { askService } from '../ask-service.ts'

/** A place in the run's PostgreSQL that nobody else uses. */
export interface TestDatabase {
  /** For `openPostgresStore`. */
  readonly url: string
  readonly schema: string
  /** Runs statements beside the store, in its schema. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  remove(): Promise<void>
}

/** The run's own server, or that of `PG_URL`; it is started when the first test file asks. */
async function askPostgres(): Promise<string> {
  const { service } = await askService('postgres', ({ url = '' }) => url)
  if (service === undefined) throw new Error('expected PostgreSQL')
  return service
}

/** A schema of one's own, made when the store first opens. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const url = new URL(await askPostgres())
  const schema = `test_${randomBytes(8).toString('hex')}`
  const client = new Client({ connectionString: url.href })
  client.on('error', () => {})
  await client.connect()
  await client.query(`SET search_path = ${schema}; SET client_min_messages = warning`)
  url.searchParams.set('schema', schema)
  return {
    url: url.href,
    schema,
    async query<Row>(text: string, values: readonly unknown[] = []) {
      return (await client.query(text, [...values])).rows as Row[]
    },
    async remove() {
      await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
      await client.end()
    },
  }
}
