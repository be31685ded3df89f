import { openStore } from './open-store.ts'
import { publishOrderFlow } from './order-flow.ts'
import { sagaWrites } from './saga-writes.ts'

const daysFilled = 30
const sagasPerGroup = 500
/** So many executions are spread over the thirty days, however many are filled at a time. */
const sagasMax = 1_000_000

/**
 * Fills a store with finished order sagas through the store port, from the `from`-th to before the
 * `upTo`-th: every journal is decided by the kernel, transition by transition, as if they had run in
 * the last thirty days.
 */
export async function fill(
  place: string,
  { from, upTo }: { readonly from: number; readonly upTo: number },
  onProgress: (done: number) => void,
): Promise<void> {
  // What a power failure would take here can be made again: no need to wait for the disk.
  const store = await openStore(place, 'normal')
  const flow = await publishOrderFlow(store)
  const beginning = Date.now() - daysFilled * 86_400_000
  const msPerSaga = (daysFilled * 86_400_000) / Math.max(upTo, sagasMax)
  for (let done = from; done < upTo; done += sagasPerGroup) {
    const orders = Math.min(sagasPerGroup, upTo - done)
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

/** As a program: `node bench/order-saga/fill.ts PATH_OR_URL FROM UP_TO`. */
async function main([place, fromText, upToText]: readonly string[]): Promise<void> {
  const [from, upTo] = [Number(fromText), Number(upToText)]
  if (place === undefined || !(from >= 0) || !(upTo > from)) {
    console.error(
      'Expected a store and two numbers. Usage: node bench/order-saga/fill.ts PATH_OR_URL FROM UP_TO',
    )
    process.exit(2)
  }
  const begunAt = performance.now()
  await fill(place, { from, upTo }, (done) => {
    if (done % 20_000 !== 0 && done < upTo) return
    const rate = Math.round(((done - from) * 1_000) / (performance.now() - begunAt))
    console.log(
      `${done.toLocaleString('en')} sagas in the store, ${rate.toLocaleString('en')} a second`,
    )
  })
  process.send?.({ kind: 'filled' })
}

if (import.meta.main) await main(process.argv.slice(2))
