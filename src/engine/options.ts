import type { Channel, WorkQueue } from '../channel/channel.ts'
import type { CompileContext } from '../flow/compilation.ts'
import type { Store } from '../store/store.ts'
import type { Log } from './log.ts'

/** Time, as the engine sees it; the simulator has its own. */
export interface Clock {
  now(): number
  /** Calls back once after `delayMs`; returns the way to prevent it. */
  schedule(delayMs: number, callback: () => void): () => void
}

/** What `createEngine` (in `create-engine.ts`) is given. */
export interface EngineOptions {
  readonly store: Store
  /** Channels of the configuration. */
  readonly channels: readonly Channel[]
  /** Makes the channel that a flow names and no configuration does. */
  readonly createQueue: (name: string) => WorkQueue
  readonly compileContext?: CompileContext
  readonly log?: Log
  readonly clock?: Clock
  /** Time-ordered unique ids. */
  readonly newId?: (now: number) => string
  readonly inboundMessagesMax?: number
  /** With a shared store: what this process is called, and how long it is believed to be alive. */
  readonly replica?: { readonly name: string; readonly leaseMs: number }
}
