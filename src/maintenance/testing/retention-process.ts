import { executionOf, startAt, startOf } from '../../store/contract/builders.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { Store } from '../../store/store.ts'
import { runRetention } from '../run-retention.ts'

/**
 * A program that fills a store and then applies retention to it, to be killed. It says `archived` with
 * each batch that is in the archive before it is deleted, and `done` at the end. With `stop`, it waits
 * for its end between the two for ever.
 */
const [path = '', archive = '', mode = ''] = process.argv.slice(2)

const store = await openSqliteStore({ path })
if ((await store.countExecutions({})) === 0) await fill(store)
const observed: Store = {
  ...store,
  deleteExecutions: async (ids) => {
    process.send?.('archived')
    // The channel to the parent keeps the process alive until it is killed.
    if (mode === 'stop') await untilKilled()
    return store.deleteExecutions(ids)
  },
}
await runRetention({
  store: observed,
  options: { finishedAfterMs: 1_000, archive },
  replicaName: 'one',
  now: () => startAt + 1_000_000,
  pause: async () => {},
  signal: new AbortController().signal,
})
await store.close()
process.send?.('done')
process.disconnect()

async function fill(target: Store): Promise<void> {
  const end = { status: 'completed', finishedAt: startAt } as const
  await target.commit(
    Array.from({ length: 3_000 }, (_, n) =>
      startOf(executionOf(`e${n}`, { ...end, key: `k${n}` })),
    ),
  )
}

function untilKilled(): Promise<never> {
  process.on('message', () => {})
  return new Promise<never>(() => {})
}
