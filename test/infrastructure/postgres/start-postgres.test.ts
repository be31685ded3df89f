import { Client } from 'pg'
import { expect, test } from 'vitest'
import { startPostgres } from './start-postgres.ts'

test('what was committed survives kill -9 and a restart', async () => {
  const postgres = await startPostgres()
  try {
    await ask(postgres.url, 'CREATE TABLE things AS SELECT 7 AS thing')
    await postgres.kill()
    await expect(ask(postgres.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
    await postgres.restart()
    expect(await ask(postgres.url, 'SELECT thing FROM things')).toEqual([{ thing: 7 }])
    await postgres.restart()
    expect(await ask(postgres.url, 'SELECT thing FROM things')).toEqual([{ thing: 7 }])
  } finally {
    await postgres.stop()
  }
})

async function ask(url: string, text: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
