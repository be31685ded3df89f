import type { DatabaseSync, StatementSync } from 'node:sqlite'

interface Delta {
  readonly flow: string
  readonly status: string
  readonly node: string
  count: number
}

interface Activity {
  incidents: number
  lastActivityAt: number
}

/**
 * Executions per flow, status and node. What the writes of a commit change is summed up first, so
 * that the cost is per commit and not per write.
 */
export class Counts {
  readonly #deltas = new Map<string, Delta>()
  readonly #activities = new Map<string, Activity>()
  readonly #addCount: StatementSync
  readonly #addActivity: StatementSync

  constructor(database: DatabaseSync) {
    this.#addCount = database.prepare(`
      INSERT INTO execution_counts (flow, status, node, count) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count`)
    this.#addActivity = database.prepare(`
      INSERT INTO flow_activity (flow, incidents, last_activity_at) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET incidents = incidents + excluded.incidents,
        last_activity_at = max(last_activity_at, excluded.last_activity_at)`)
  }

  add(flow: string, status: string, node: string, count: 1 | -1): void {
    // The length keeps odd names apart that would otherwise run together.
    const name = `${status} ${node.length} ${node}${flow}`
    const delta = this.#deltas.get(name)
    if (delta === undefined) this.#deltas.set(name, { flow, status, node, count })
    else delta.count += count
  }

  touch(flow: string, incidents: number, at: number): void {
    const activity = this.#activities.get(flow)
    if (activity === undefined) {
      this.#activities.set(flow, { incidents, lastActivityAt: at })
      return
    }
    activity.incidents += incidents
    if (at > activity.lastActivityAt) activity.lastActivityAt = at
  }

  /** Writes what was summed up. Belongs inside the transaction of the writes. */
  flush(): void {
    for (const { flow, status, node, count } of this.#deltas.values()) {
      if (count !== 0) this.#addCount.run(flow, status, node, count)
    }
    for (const [flow, { incidents, lastActivityAt }] of this.#activities) {
      this.#addActivity.run(flow, incidents, lastActivityAt)
    }
    this.discard()
  }

  discard(): void {
    this.#deltas.clear()
    this.#activities.clear()
  }
}
