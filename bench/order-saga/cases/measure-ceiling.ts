import { fileURLToPath } from 'node:url'
import { forkChild } from '../../measure/child.ts'
import { probeDisk } from '../../measure/disk-probe.ts'
import type { BenchOptions } from '../../options.ts'
import type { CeilingFigures } from '../case-result.ts'
import type { CeilingReport } from '../ceiling.ts'
import { startStore, type StoreKind } from '../systems/store-server.ts'
import { stopAll, type Workplace } from '../systems/system.ts'

const largeGroup = 512

/** Measures a loop that writes rows to a store in groups: as many as are in flight, and many. */
export async function measureCeiling(
  file: string,
  storeKind: StoreKind,
  workplace: Workplace,
  options: BenchOptions,
): Promise<CeilingFigures> {
  const store = await startStore(storeKind, workplace)
  const diskBefore = probeDisk(workplace.data)
  const groups = []
  for (const group of [options.inFlight, largeGroup]) {
    const child = forkChild(fileURLToPath(new URL(`../${file}`, import.meta.url)), {
      name: `ceiling-${group}`,
      logs: workplace.logs,
      arguments: [
        // The second group begins beside what the first one has written.
        store.place,
        String(group),
        String((options.seconds * 1_000) / 2),
      ],
      nodeOptions: workplace.serverNodeOptions,
    })
    groups.push({ group, report: await child.message<CeilingReport>('ceiling') })
    await child.stop()
  }
  const diskAfter = probeDisk(workplace.data)
  await stopAll(store.children)
  return { kind: 'ceiling', groups, diskBefore, diskAfter }
}
