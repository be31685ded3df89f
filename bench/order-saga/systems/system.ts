import type { Child } from '../../measure/child.ts'
import type { RunningSystem } from '../measure-load.ts'

/** Where a system under test works. Each measurement begins in empty directories. */
export interface Workplace {
  readonly data: string
  readonly logs: string
  /** Options for the Node process that is the server: how a CPU profile is taken. */
  readonly serverNodeOptions: readonly string[]
  /** Is one taken? Databases then tell about their statements too. */
  readonly profile: boolean
}

export interface SystemUnderTest extends RunningSystem {
  /** Stops everything; answers how many sagas the store holds as completed, if it can be asked. */
  stop(): Promise<{ readonly completedInStore?: number }>
}

/** Stops processes one after the other, the last started first. */
export async function stopAll(children: readonly Child[]): Promise<void> {
  for (const child of children.toReversed()) await child.stop()
}
