import type { OutboxCommand } from '../../store/store.ts'

/** A command that the channel holds. Mutable, and known to the queue's parts alone. */
export interface QueueItem {
  readonly command: OutboxCommand
  /**
   * `held-back`: an earlier command of the execution is before it. `settling`: its result is on the way
   * into the store. `withdrawn`: leased, but nobody waits for the result any more.
   */
  state: 'ready' | 'held-back' | 'leased' | 'settling' | 'withdrawn' | 'gone'
  /** How often it was leased. */
  leases: number
  worker?: string
  leasedUntil?: number
}
