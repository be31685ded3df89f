import type { Schedule } from '../schedule.ts'
import type { QueueItem } from './queue-item.ts'

/** Which commands are leased, to whom, until when. */
export interface LeaseBook {
  /** Answers until when. */
  begin(item: QueueItem, worker: string, leaseMs: number): number
  /** False if this worker has no lease on it (any more). */
  extend(item: QueueItem, worker: string, leaseMs: number): boolean
  end(item: QueueItem): void
  isLeased(item: QueueItem): boolean
  count(): number
  /** Ids of commands by the time until when they are leased. */
  byEnd(): ReadonlyMap<number, readonly string[]>
  stop(): void
}

/** @param onExpired called with the leases that ran out together */
export function createLeaseBook(
  now: () => number,
  schedule: Schedule,
  onExpired: (items: readonly QueueItem[]) => void,
): LeaseBook {
  const leased = new Set<QueueItem>()
  let cancel: (() => void) | undefined
  let wakeAt = Number.POSITIVE_INFINITY

  /** One timeout for all leases; it may come early, never late. */
  function expectAt(at: number): void {
    if (at >= wakeAt) return
    cancel?.()
    wakeAt = at
    cancel = schedule(Math.max(at - now(), 0) + 1, expire)
  }

  function expire(): void {
    wakeAt = Number.POSITIVE_INFINITY
    const time = now()
    let next = Number.POSITIVE_INFINITY
    const expired: QueueItem[] = []
    for (const item of leased) {
      const until = item.leasedUntil ?? 0
      if (until <= time) {
        leased.delete(item)
        expired.push(item)
      } else next = Math.min(next, until)
    }
    if (next < Number.POSITIVE_INFINITY) expectAt(next)
    if (expired.length > 0) onExpired(expired)
  }

  return {
    begin(item, worker, leaseMs) {
      const until = now() + leaseMs
      item.state = 'leased'
      item.worker = worker
      item.leasedUntil = until
      leased.add(item)
      expectAt(until)
      return until
    },
    extend(item, worker, leaseMs) {
      if (!leased.has(item) || item.worker !== worker || item.state === 'withdrawn') return false
      const until = now() + leaseMs
      item.leasedUntil = until
      expectAt(until)
      return true
    },
    end: (item) => void leased.delete(item),
    isLeased: (item) => leased.has(item),
    count: () => leased.size,
    byEnd() {
      const idsByEnd = new Map<number, string[]>()
      for (const { command, leasedUntil = 0 } of leased) {
        const ids = idsByEnd.get(leasedUntil)
        if (ids === undefined) idsByEnd.set(leasedUntil, [command.commandId])
        else ids.push(command.commandId)
      }
      return idsByEnd
    },
    stop: () => cancel?.(),
  }
}
