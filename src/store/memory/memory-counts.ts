import { type Execution, isFinished, type Status } from '../../kernel/model/execution.ts'
import type { FlowCounts } from '../store.ts'

interface Counts {
  readonly byStatus: Map<Status, number>
  readonly byNode: Map<string, number>
  incidents: number
  lastActivityAt: number
}

/** Executions per flow, by status and by node, kept as they change. */
export class MemoryCounts {
  readonly #countsByFlow = new Map<string, Counts>()

  replace(before: Execution | undefined, after: Execution): void {
    if (before !== undefined) this.#add(before, -1)
    this.#add(after, 1)
  }

  remove(execution: Execution): void {
    this.#add(execution, -1)
  }

  flowCounts(flow?: string): ReadonlyMap<string, FlowCounts> {
    const counts = [...this.#countsByFlow].filter(([id]) => flow === undefined || id === flow)
    return new Map(
      counts.map(([id, { byStatus, incidents, lastActivityAt }]) => [
        id,
        { byStatus: Object.fromEntries(byStatus), incidents, lastActivityAt },
      ]),
    )
  }

  nodeCounts(flow: string): ReadonlyMap<string, number> {
    return new Map(this.#countsByFlow.get(flow)?.byNode)
  }

  #add(execution: Execution, sign: 1 | -1): void {
    const counts = this.#of(execution.flow)
    addTo(counts.byStatus, execution.status, sign)
    if (!isFinished(execution)) addTo(counts.byNode, execution.node, sign)
    if (execution.incident !== undefined) counts.incidents += sign
    counts.lastActivityAt = Math.max(counts.lastActivityAt, execution.updatedAt)
  }

  #of(flow: string): Counts {
    let counts = this.#countsByFlow.get(flow)
    if (counts === undefined) {
      counts = { byStatus: new Map(), byNode: new Map(), incidents: 0, lastActivityAt: 0 }
      this.#countsByFlow.set(flow, counts)
    }
    return counts
  }
}

function addTo<Name>(counts: Map<Name, number>, name: Name, sign: 1 | -1): void {
  const count = (counts.get(name) ?? 0) + sign
  if (count === 0) counts.delete(name)
  else counts.set(name, count)
}
