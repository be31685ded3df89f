import type { Notice } from '../sharing.ts'
import type { ConnectionPlan } from './connection-options.ts'

/** Brings notices to the other replicas and hears theirs. */
export class Notices {
  readonly plan: ConnectionPlan

  constructor(plan: ConnectionPlan) {
    this.plan = plan
  }

  async announce(_notice: Notice): Promise<void> {}

  async listen(_listener: (notice: Notice) => void): Promise<() => Promise<void>> {
    return async () => {}
  }

  async close(): Promise<void> {}
}
