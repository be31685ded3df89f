import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** What executions that are counted together have in common, beside their flow. */
interface Place {
  readonly version: number
  readonly status: string
  readonly node: string
  readonly stage: string | null
}

interface Activity {
  incidents: number
  lastActivityAt: number
}

/**
 * Executions per flow, version, status, node and stage. What the writes of a commit change is summed up first, so
 * that the cost is per commit and not per write.
 */
export class Counts {
  readonly #deltas = new Map<string, Place & { readonly flow: string; count: number }>()
  readonly #activities = new Map<string, Activity>()
  readonly #addCount: StatementSync
  readonly #addActivity: StatementSync

  constructor(database: DatabaseSync) {
    this.#addCount = database.prepare(`
      INSERT INTO execution_counts (flow, version, status, node, stage, count)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count`)
    this.#addActivity = database.prepare(`
      INSERT INTO flow_activity (flow, incidents, last_activity_at) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET incidents = incidents + excluded.incidents,
        last_activity_at = max(last_activity_at, excluded.last_activity_at)`)
  }

  /** An execution that is new, or has moved. */
  move(flow: string, before: Place | undefined, after: Place): void {
    if (before !== undefined) {
      if (isSamePlace(before, after)) return
      this.#add(flow, before, -1)
    }
    this.#add(flow, after, 1)
  }

  /** An execution that is deleted. */
  remove(flow: string, before: Place): void {
    this.#add(flow, before, -1)
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
    for (const { flow, version, status, node, stage, count } of this.#deltas.values()) {
      if (count !== 0) this.#addCount.run(flow, version, status, node, stage ?? '', count)
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

  #add(flow: string, place: Place, count: 1 | -1): void {
    const { version, status, node, stage } = place
    // The lengths keep odd names apart that would otherwise run together.
    const name = `${version} ${status} ${node.length} ${flow.length} ${node}${flow}${stage ?? ''}`
    const delta = this.#deltas.get(name)
    if (delta === undefined) this.#deltas.set(name, { flow, version, status, node, stage, count })
    else delta.count += count
  }
}

function isSamePlace(before: Place, after: Place): boolean {
  return (
    before.status === after.status &&
    before.node === after.node &&
    before.stage === after.stage &&
    before.version === after.version
  )
}
