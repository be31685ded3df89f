import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { publishOrderFlow } from './order-flow.ts'
import { sagaWrites } from './saga-writes.ts'

/**
 * Fills an SQLite store with finished order sagas through the store port: every journal is decided
 * by the kernel, transition by transition, as if they had run in the last thirty days.
 * `node bench/order-saga/fill.ts PATH SAGAS`
 */
export async function fill(
  path: string,
  sagas: number,
  onProgress: (done: number) => void,
): Promise<void> {
  // What a power failure would take here can be made again: no need to wait for the disk.
  const store = await openSqliteStore({ path, synchronous: 'normal' })
  const flow = await publishOrderFlow(store)
  const beginning = Date.now() - daysFilled * 86_400_000
  const msPerSaga = (daysFilled * 86_400_000) / sagas
  for (let done = 0; done < sagas; done += groupSize) {
    const orders = Math.min(groupSize, sagas - done)
    const startedAt = Math.floor(beginning + done * msPerSaga)
    const group = { run: 'filled', firstOrder: done, orders, startedAt, stepMs: 40 }
    for (const writes of sagaWrites(flow, group)) {
      const results = await store.commit(writes)
      const refused = results.find(({ kind }) => kind !== 'committed')
      if (refused !== undefined) throw new Error(`Expected a commit, found ${refused.kind}.`)
    }
    onProgress(done + orders)
  }
  await store.close()
}

const daysFilled = 30
const groupSize = 500

if (import.meta.main) {
  const [path, sagas] = process.argv.slice(2)
  if (path === undefined || sagas === undefined) {
    console.error('Expected a file and a number. Usage: node bench/order-saga/fill.ts PATH SAGAS')
    process.exit(2)
  }
  const begunAt = performance.now()
  await fill(path, Number(sagas), (done) => {
    if (done % 50_000 !== 0 && done < Number(sagas)) return
    const seconds = (performance.now() - begunAt) / 1_000
    console.log(`${done} sagas, ${Math.round(done / seconds)} a second`)
  })
}
