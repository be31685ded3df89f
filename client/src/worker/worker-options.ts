import type { ConnectionOptions } from '../connection-options.ts'
import type { Log } from '../log.ts'

export interface WorkerOptions extends ConnectionOptions {
  /** The channel whose commands this worker carries out. */
  readonly channel: string
  /** Names this process wherever people look. Default: the channel and some random letters. */
  readonly name?: string
  /** How many handlers run at once. Default 100. */
  readonly maxInFlight?: number
  /**
   * After this time without a sign of life the server gives a command to another worker. Running
   * handlers prolong it by themselves, however long they take. Default 30 s.
   */
  readonly leaseMs?: number
  /** How long one request for commands waits on the server. Default 25 s, at most 55 s. */
  readonly waitMs?: number
  /** Default: warnings and errors on the console. */
  readonly log?: Log
}
