import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { publishOrderFlow } from './order-flow.ts'
import { sagaWrites } from './saga-writes.ts'

const daysFilled = 30
const sagasPerGroup = 500

/**
 * Fills an SQLite store with finished order sagas through the store port: every journal is decided
 * by the kernel, transition by transition, as if they had run in the last thirty days.
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
  for (let done = 0; done < sagas; done += sagasPerGroup) {
    const orders = Math.min(sagasPerGroup, sagas - done)
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

/** As a program: `node bench/order-saga/fill.ts PATH SAGAS`. */
async function main([path, sagasText]: readonly string[]): Promise<void> {
  const sagas = Number(sagasText)
  if (path === undefined || !(sagas > 0)) {
    console.error('Expected a file and a number. Usage: node bench/order-saga/fill.ts PATH SAGAS')
    process.exit(2)
  }
  const begunAt = performance.now()
  await fill(path, sagas, (done) => {
    if (done % 20_000 !== 0 && done < sagas) return
    const rate = Math.round((done * 1_000) / (performance.now() - begunAt)).toLocaleString('en')
    console.log(`${done.toLocaleString('en')} sagas in the store, ${rate} a second`)
  })
  process.send?.({ kind: 'filled' })
}

if (import.meta.main) await main(process.argv.slice(2))
