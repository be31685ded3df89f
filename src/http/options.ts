import type { Engine } from '../engine/engine.ts'
import type { Log } from '../engine/log.ts'
import type { CompileContext } from '../flow/compilation.ts'
import type { Store } from '../store/store.ts'
import type { StoreMeter } from './metrics/store-meter.ts'
import type { Authentication } from './auth/authentication.ts'
import type { TraceCounts } from './metrics/trace-metrics.ts'

/** What `createHttpServer` (in `server.ts`) is given. */
export interface HttpServerOptions {
  readonly engine: Engine
  /** For readiness: the store that the engine works with. */
  readonly store: Store
  /** Shown in the documentation and at `/health/ready`. */
  readonly version: string
  readonly auth: Authentication
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly log?: Log
  /** The same as the engine's: for checking texts of flows. */
  readonly compileContext?: CompileContext
  /** What was measured of the store, if somebody does. */
  readonly storeMeter?: StoreMeter
  /** Channels whose trouble makes the server unready; with others in trouble it is degraded. */
  readonly requiredChannels?: readonly string[]
  /** What became of traces; absent where none are sent. */
  readonly traces?: () => TraceCounts
  readonly limits?: {
    /** How many messages may wait in the engine before it is not ready. */
    readonly inboundMessages?: number
  }
}
