import type { Engine } from '../engine/engine.ts'
import type { Log } from '../engine/log.ts'
import type { CompileContext } from '../flow/compilation.ts'
import type { Execution } from '../kernel/model/execution.ts'
import type { Flow } from '../kernel/model/flow.ts'
import type { Store } from '../store/store.ts'
import type { LiveFeed } from './live/live-feed.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { WaitSignals } from './wait-signals.ts'

/** What the routes work with. */
export interface HttpContext {
  readonly engine: Engine
  readonly store: Store
  readonly version: string
  readonly log: Log
  readonly waits: WaitSignals
  readonly live: LiveFeed
  readonly metrics: Metrics
  /** What the surroundings tell the checker of flows. */
  readonly compileContext: CompileContext
  /** How many messages may wait in the engine. */
  readonly inboundMessagesMax: number
  /** It is about to be closed, or is being closed: `/health/ready` says so. */
  isDraining(): boolean
  /** Channels whose trouble makes it unready. */
  readonly requiredChannels: readonly string[]
}

/** The version of the flow that an execution runs: its secrets and what it waits for. */
export async function flowOf(context: HttpContext, execution: Execution): Promise<Flow> {
  return (await context.engine.flows.get(execution.flow, execution.version)).flow
}
