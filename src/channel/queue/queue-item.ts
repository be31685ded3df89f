import type { OutboxCommand } from '../../store/store.ts'

/** A command that the channel holds. Mutable, and known to the queue's parts alone. */
export interface QueueItem {
  readonly command: OutboxCommand
  /**
   * `held-back`: an earlier command of the execution is before it. `settling`: its result is on the way
   * into the store. `confirming`: its lease ran out, and the store is asked whether somebody works on it
   * all the same. `withdrawn`: leased, but nobody waits for the result any more.
   */
  state: 'ready' | 'held-back' | 'leased' | 'settling' | 'confirming' | 'withdrawn' | 'gone'
  /** How often it was leased. */
  leases: number
  worker?: string
  leasedUntil?: number
}
