import { probeDisk } from '../../measure/disk-probe.ts'
import type { BenchOptions } from '../../options.ts'
import type { GrowthFigures } from '../case-result.ts'
import type { GrowthReport } from '../growth/growth-report.ts'
import { measureOperations } from '../growth/measure-operations.ts'
import { startReplica, writeConfiguration } from '../systems/signalbox.ts'
import { startStore, type StoreKind, type StoreServer } from '../systems/store-server.ts'
import { stopAll, type Workplace } from '../systems/system.ts'
import { fillStore } from './fill-store.ts'

const smallest = 1_000

/** Measures what single requests cost as the store grows tenfold, and again, up to the given size. */
export async function measureGrowth(
  storeKind: StoreKind,
  workplace: Workplace,
  options: BenchOptions,
): Promise<GrowthFigures> {
  const store = await startStore(storeKind, workplace)
  const diskBefore = probeDisk(workplace.data)
  const sizes: GrowthReport[] = []
  let filled = 0
  for (let size = smallest; size <= options.finishedSagas; size *= 10) {
    await fillStore(store, { from: filled, upTo: size }, workplace)
    filled = size
    await store.settle()
    sizes.push(await measureSize(store, size, workplace))
  }
  const diskAfter = probeDisk(workplace.data)
  await stopAll(store.children)
  return { kind: 'growth', sizes, diskBefore, diskAfter }
}

async function measureSize(
  store: StoreServer,
  executions: number,
  workplace: Workplace,
): Promise<GrowthReport> {
  const configFile = writeConfiguration(workplace, { store: { url: store.url } })
  const { child, url } = await startReplica(`server-${executions}`, configFile, workplace)
  const pids = [child, ...store.children].map(({ pid }) => pid)
  const storeBytes = store.sizeBytes()
  const operations = await measureOperations({ url, pids, executions })
  await child.stop()
  return { executions, storeBytes, operations }
}
