import type { Flow } from '../../src/kernel/index.ts'
import type { ExecutionWrite } from '../../src/store/store.ts'
import { sagaWrites } from '../order-saga/saga-writes.ts'

/** Transitions of one order saga: its start, and the answers of three services. */
const transitions = 4

/**
 * Batches as a busy engine makes them: each holds starts, middles and ends of sagas in equal parts.
 * A batch of one holds each in turn.
 */
export function* writeBatches(
  flow: Flow,
  run: string,
  batchSize: number,
): Generator<ExecutionWrite[]> {
  const orders = Math.max(1, batchSize / transitions)
  const groups: Generator<ExecutionWrite[]>[] = []
  let firstOrder = 0
  for (;;) {
    const group = { run, firstOrder, orders, startedAt: Date.now(), stepMs: 0 }
    groups.push(sagaWrites(flow, group))
    firstOrder += orders
    if (groups.length > transitions) groups.shift()
    const batch = groups.flatMap((writes) => writes.next().value ?? [])
    if (batchSize > 1) yield batch
    else for (const write of batch) yield [write]
  }
}
