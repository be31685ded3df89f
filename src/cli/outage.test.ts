import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startPostgres } from '../../test/infrastructure/postgres/start-postgres.ts'
import { startServer } from './test/processes.ts'

test('PostgreSQL goes away and comes back: unready meanwhile, and two lines in the log', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-outage-'))
  const postgres = await startPostgres()
  const flows = join(import.meta.dirname, 'test')
  const server = await startServer(['start', '--store', postgres.url, '--flows', flows], {
    cwd: folder,
    env: { SIGNALBOX_REPLICA_LEASE_MS: '2000' },
  })
  const ready = async () => (await fetch(`${server.url}/health/ready`)).status
  const start = (id: string) =>
    fetch(`${server.url}/api/executions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ flow: 'order', id, input: { orderId: id } }),
    })
  const linesSaying = (message: string) =>
    server
      .stderr()
      .split('\n')
      .filter((line) => line.includes(`"msg":"${message}"`))
  try {
    expect((await start('before')).status).toBe(201)
    await postgres.kill()
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const refused = await start(`during-${attempt}`)
      expect(refused.status).toBe(503)
      await refused.body?.cancel()
    }
    expect(await ready()).toBe(503)
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200)

    await postgres.restart()
    await expect.poll(ready, { timeout: 30_000 }).toBe(200)
    await expect.poll(async () => (await start('after')).status, { timeout: 30_000 }).toBe(201)
    await expect.poll(() => linesSaying('the store answers again').length).toBe(1)
    expect(linesSaying('the store does not answer')).toHaveLength(1)
    const [end = '{}'] = linesSaying('the store answers again')
    expect(JSON.parse(end)).toMatchObject({
      failures: expect.any(Number),
      outageMs: expect.any(Number),
    })
    // The lease may have been lost and had again meanwhile; nothing else is worth a line.
    const errors = server
      .stderr()
      .split('\n')
      .filter((line) => /"level":(50|60)/.test(line))
    expect(errors).toHaveLength(1)
  } finally {
    await server.stop()
    await postgres.stop()
    await rm(folder, { recursive: true })
  }
}, 90_000)
