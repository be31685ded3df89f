import type { CeilingReport } from './ceiling.ts'
import { openStore } from './open-store.ts'
import { publishOrderFlow } from './order-flow.ts'
import { sagaWrites } from './saga-writes.ts'

/**
 * The ceiling of Signalbox's own rows: kernel and store in a loop, without engine, HTTP,
 * services. What lies between this and the measured server is what those cost.
 */
const [place = '', group = '64', durationMs = '5000'] = process.argv.slice(2)
const store = await openStore(place, 'full')
const flow = await publishOrderFlow(store)
const orders = Number(group)
const begunAt = performance.now()
let sagas = 0
let commits = 0
let elapsedMs = 0
while (elapsedMs < Number(durationMs)) {
  const startedAt = Date.now()
  for (const writes of sagaWrites(flow, {
    run: 'c',
    firstOrder: sagas,
    orders,
    startedAt,
    stepMs: 0,
  })) {
    await store.commit(writes)
    commits += 1
  }
  sagas += orders
  elapsedMs = performance.now() - begunAt
}
await store.close()
const report: CeilingReport = {
  kind: 'ceiling',
  sagas,
  sagasPerSecond: (sagas * 1_000) / elapsedMs,
  commitsPerSecond: (commits * 1_000) / elapsedMs,
}
process.send?.(report)
