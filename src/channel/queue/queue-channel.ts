import { limits } from '../../kernel/limits.ts'
import type { OutboxCommand } from '../../store/store.ts'
import type {
  ChannelHost,
  DeliveryReport,
  LeasedCommand,
  LeaseRequest,
  ReportAnswer,
  WorkQueue,
} from '../channel.ts'
import { createExecutionLanes } from '../execution-lanes.ts'
import { createLeaseBook } from './lease-book.ts'
import { createPolls } from './polls.ts'
import type { QueueItem } from './queue-item.ts'
import { createReadyList } from './ready-list.ts'
import { createWorkerBook } from './worker-book.ts'

export interface QueueChannelOptions {
  readonly name: string
  readonly windowCommands?: number
}

/**
 * The embedded channel: workers lease commands from Signalbox by long poll and post the results.
 *
 * Leases live in memory. When the process ends they all end, and the commands, which are in the
 * outbox until they are settled, are leased again with the same ids.
 */
export function createQueueChannel(options: QueueChannelOptions): WorkQueue {
  const windowCommands = options.windowCommands ?? limits.queueWindowCommands
  const itemsById = new Map<string, QueueItem>()
  const ready = createReadyList()
  const lanes = createExecutionLanes<QueueItem>()
  const polls = createPolls(lease)
  const leases = createLeaseBook(() => host().now(), onLeaseEnded)
  const workers = createWorkerBook()
  let connectedHost: ChannelHost | undefined
  let stopped = false

  function host(): ChannelHost {
    if (connectedHost === undefined) throw new Error('expected the channel to be started')
    return connectedHost
  }

  function deliver(commands: readonly OutboxCommand[]): void {
    for (const command of commands) {
      if (itemsById.has(command.commandId)) continue
      const item: QueueItem = { command, state: 'ready', leases: 0 }
      itemsById.set(command.commandId, item)
      ready.add(item)
    }
    polls.serveSoon()
  }

  /** Leases what is ready now to one poll. */
  function lease(request: LeaseRequest): readonly LeasedCommand[] {
    const leased: LeasedCommand[] = []
    while (leased.length < request.max) {
      const item = ready.take(request.commands)
      if (item === undefined) break
      if (!lanes.enter(item)) {
        item.state = 'held-back'
        continue
      }
      item.leases += 1
      leased.push(leasedCommandOf(item, leases.begin(item, request.worker, request.leaseMs)))
    }
    if (leased.length > 0) workers.leased(request.worker, leased.length)
    return leased
  }

  /** The lease ran out: the next worker gets the command, with the same id. */
  function onLeaseEnded(item: QueueItem): void {
    workers.released(item.worker)
    if (item.state === 'withdrawn') remove(item)
    else {
      releaseLane(item)
      item.state = 'ready'
      ready.addFirst(item)
    }
    polls.serveSoon()
  }

  function releaseLane(item: QueueItem): void {
    for (const next of lanes.leave(item)) {
      next.state = 'ready'
      ready.addFirst(next)
    }
  }

  function remove(item: QueueItem): void {
    if (item.state === 'leased' || item.state === 'settling' || item.state === 'withdrawn') {
      releaseLane(item)
      polls.serveSoon()
    } else if (item.state === 'held-back') lanes.forget(item)
    item.state = 'gone'
    const wasFull = itemsById.size >= windowCommands
    itemsById.delete(item.command.commandId)
    if (wasFull) host().roomAgain()
  }

  function withdraw(commandIds: readonly string[]): void {
    for (const id of commandIds) {
      const item = itemsById.get(id)
      if (item === undefined) continue
      // A worker has it in hand: later commands of the execution wait until it has answered.
      if (item.state === 'leased') item.state = 'withdrawn'
      else if (item.state !== 'withdrawn') remove(item)
    }
  }

  async function settle(reports: readonly DeliveryReport[]): Promise<readonly ReportAnswer[]> {
    const items = reports.map(({ commandId }) => itemsById.get(commandId))
    for (const item of items) {
      if (item === undefined || !leases.isLeased(item)) continue
      leases.end(item)
      workers.released(item.worker)
      if (item.state === 'leased') item.state = 'settling'
    }
    try {
      return await host().report(reports)
    } catch (error) {
      // Nothing is known to be stored: the worker comes again, or another worker gets the command.
      for (const item of items) if (item?.state === 'settling') giveBack(item)
      throw error
    } finally {
      for (const item of items) {
        if (item?.state === 'settling' || item?.state === 'withdrawn') remove(item)
      }
    }
  }

  function giveBack(item: QueueItem): void {
    releaseLane(item)
    item.state = 'ready'
    ready.addFirst(item)
    polls.serveSoon()
  }

  return {
    name: options.name,
    type: 'queue',
    windowCommands,
    start(newHost) {
      connectedHost = newHost
      return Promise.resolve()
    },
    deliver,
    withdraw,
    held: () => itemsById.size,
    stop() {
      stopped = true
      polls.stop()
      leases.stop()
      return Promise.resolve()
    },
    lease(request) {
      workers.seen(request.worker, host().now())
      if (stopped) return Promise.resolve([])
      return polls.wait(request)
    },
    settle,
    extend({ worker, commandIds, leaseMs }) {
      workers.seen(worker, host().now())
      return commandIds.filter((id) => {
        const item = itemsById.get(id)
        return item === undefined || !leases.extend(item, worker, leaseMs)
      })
    },
    workers: () => workers.list(),
  }
}

function leasedCommandOf(item: QueueItem, leasedUntil: number): LeasedCommand {
  const { commandId, command, executionId, key, flow, data, attempt } = item.command
  return {
    id: commandId,
    command,
    execution: executionId,
    ...(key === undefined ? {} : { key }),
    flow,
    data,
    attempt: attempt + item.leases - 1,
    leasedUntil,
  }
}
