import { BareRows, type BareTransition } from './bare-rows.ts'
import { advance, commandId, startSaga } from './bare-saga.ts'
import { makeOrder, services } from '../order-data.ts'

/** What the loop reached. */
export interface CeilingReport {
  readonly kind: 'ceiling'
  readonly sagas: number
  readonly sagasPerSecond: number
  readonly commitsPerSecond: number
}

const commands = ['CheckInventory', 'ProcessPayment', 'ArrangeShipment']

/**
 * The bare ceiling: the rows of the bare server written by a loop, with neither HTTP, nor services,
 * nor engine. `group` orders advance together, one commit a round: what the store alone allows.
 */
export function runCeiling(path: string, group: number, durationMs: number): CeilingReport {
  const rows = new BareRows(path)
  const begunAt = performance.now()
  let sagas = 0
  let commits = 0
  let elapsedMs = 0
  while (elapsedMs < durationMs) {
    commits += writeGroup(rows, sagas, group)
    sagas += group
    elapsedMs = performance.now() - begunAt
  }
  rows.close()
  return {
    kind: 'ceiling',
    sagas,
    sagasPerSecond: (sagas * 1_000) / elapsedMs,
    commitsPerSecond: (commits * 1_000) / elapsedMs,
  }
}

function writeGroup(rows: BareRows, first: number, group: number): number {
  const now = Date.now()
  const orders = Array.from({ length: group }, (_, n) => {
    const input = makeOrder('ceiling', first + n)
    const id = `${now.toString(16).padStart(12, '0')}-${(first + n).toString(16).padStart(21, '0')}`
    return { orderId: input.orderId, saga: startSaga(id, { ...input }, now) }
  })
  rows.write(definite(orders.map(({ saga }) => advance(saga, { id: saga.id }, now))))
  for (const command of commands) {
    const transitions = orders.map(({ saga, orderId }) =>
      advance(saga, { id: commandId(saga), ...services[command]?.(orderId) }, now),
    )
    rows.write(definite(transitions))
  }
  return 1 + commands.length
}

function definite(transitions: readonly (BareTransition | undefined)[]): BareTransition[] {
  return transitions.filter((transition) => transition !== undefined)
}

process.send?.(
  runCeiling(
    process.argv[2] ?? '',
    Number(process.argv[3] ?? 64),
    Number(process.argv[4] ?? 5_000),
  ),
)
