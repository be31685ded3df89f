import type { Sharing } from '../sharing.ts'
import type { Store } from '../store.ts'
import { createMemoryContents } from './memory-contents.ts'
import { createMemoryMeeting, MemorySharing } from './memory-sharing.ts'
import { MemoryStore } from './memory-store.ts'

/** A memory that several stores stand on, as several processes stand on one database. */
export interface SharedMemory {
  /**
   * Opens one more store on it. Closing that store without `leave` is as killing its process: what it
   * has claimed is free when its lease has ended.
   */
  open(): Promise<Store & { readonly sharing: Sharing }>
}

/**
 * For tests and for the simulator: nothing happens here by itself. Leases end by `now` alone, and
 * notices are heard after whatever runs when they are announced.
 */
export function openSharedMemory({ now }: { readonly now: () => number }): SharedMemory {
  const contents = createMemoryContents()
  const meeting = createMemoryMeeting(contents, now)
  return {
    open: async () => {
      const sharing = new MemorySharing(contents, meeting)
      return Object.assign(new MemoryStore(contents, sharing), { sharing, commitsAtOnce: 2 })
    },
  }
}
