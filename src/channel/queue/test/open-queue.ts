import { createRecordingHost, type RecordingHost } from '../../contract/recording-host.ts'
import { createVirtualClock, type VirtualClock } from '../../../engine/test/virtual-clock.ts'
import type { LeasedCommand, LeaseRequest, WorkQueue } from '../../channel.ts'
import { createQueueChannel } from '../queue-channel.ts'

/** A started queue channel whose time stands still, and a host that records. */
export interface OpenQueue {
  readonly queue: WorkQueue
  readonly clock: VirtualClock
  readonly host: RecordingHost
  /** Leases what is there now, unless told otherwise. */
  lease(request?: Partial<LeaseRequest>): Promise<readonly LeasedCommand[]>
  accept(...ids: readonly string[]): Promise<void>
}

export async function openQueue(windowCommands = 100): Promise<OpenQueue> {
  const clock = createVirtualClock()
  const queue = createQueueChannel({ name: 'shop', windowCommands, schedule: clock.schedule })
  const host = createRecordingHost(queue, clock.now)
  await queue.start(host)
  return {
    queue,
    clock,
    host,
    lease: (request = {}) =>
      queue.lease({ worker: 'w1', max: 100, waitMs: 0, leaseMs: 1_000, ...request }),
    accept: async (...ids) => {
      await queue.settle(ids.map((commandId) => ({ kind: 'accepted', commandId })))
    },
  }
}
