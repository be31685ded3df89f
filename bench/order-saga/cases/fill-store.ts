import { fileURLToPath } from 'node:url'
import { forkChild } from '../../measure/child.ts'
import type { StoreServer } from '../systems/store-server.ts'
import type { Workplace } from '../systems/system.ts'

const fillFile = fileURLToPath(new URL('../fill.ts', import.meta.url))

/** Fills a store with finished sagas, in a process of its own, from the `from`-th on. */
export async function fillStore(
  store: StoreServer,
  { from, upTo }: { readonly from: number; readonly upTo: number },
  { logs }: Workplace,
): Promise<void> {
  console.log(`  filling the store with sagas up to ${upTo.toLocaleString('en')}`)
  const filler = forkChild(fillFile, {
    name: `fill-${upTo}`,
    logs,
    arguments: [store.place, String(from), String(upTo)],
  })
  await filler.message('filled')
  await filler.stop()
}
