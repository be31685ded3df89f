import type { BareRows, BareTransition } from './bare-rows.ts'
import { advance, commandId, startSaga } from './bare-saga.ts'
import { openRows } from './open-rows.ts'
import type { CeilingReport } from '../ceiling.ts'
import { makeOrder, services } from '../order-data.ts'

/**
 * The bare ceiling: the rows of the bare server written by a loop, with neither HTTP, nor services,
 * nor engine. A group of orders advances together, one commit a round: what the rows alone allow.
 */
const [place = '', groupText = '64', durationMs = '5000'] = process.argv.slice(2)
const group = Number(groupText)
const rows = await openRows(place)
const begunAt = performance.now()
let sagas = 0
let commits = 0
let elapsedMs = 0
while (elapsedMs < Number(durationMs)) {
  commits += await writeGroup(rows, sagas, group)
  sagas += group
  elapsedMs = performance.now() - begunAt
}
await rows.close()
const report: CeilingReport = {
  kind: 'ceiling',
  sagas,
  sagasPerSecond: (sagas * 1_000) / elapsedMs,
  commitsPerSecond: (commits * 1_000) / elapsedMs,
}
process.send?.(report)

async function writeGroup(rows: BareRows, first: number, group: number): Promise<number> {
  const now = Date.now()
  const orders = Array.from({ length: group }, (_, n) => {
    const input = makeOrder('ceiling', first + n)
    const id = `${now.toString(16).padStart(12, '0')}-${(first + n).toString(16).padStart(21, '0')}`
    return { orderId: input.orderId, saga: startSaga(id, { ...input }, now) }
  })
  await rows.write(definite(orders.map(({ saga }) => advance(saga, { id: saga.id }, now))))
  for (const answer of Object.values(services)) {
    const transitions = orders.map(({ saga, orderId }) =>
      advance(saga, { id: commandId(saga), ...answer(orderId) }, now),
    )
    await rows.write(definite(transitions))
  }
  return 1 + Object.keys(services).length
}

function definite(transitions: readonly (BareTransition | undefined)[]): BareTransition[] {
  return transitions.filter((transition) => transition !== undefined)
}
