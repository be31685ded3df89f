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
import { type Schedule, systemSchedule } from '../schedule.ts'
import { createLeaseBook } from './lease-book.ts'
import { createPolls } from './polls.ts'
import type { QueueItem } from './queue-item.ts'
import { createReadyList } from './ready-list.ts'
import { createWorkerBook } from './worker-book.ts'

export interface QueueChannelOptions {
  readonly name: string
  readonly windowCommands?: number
  /** For long polls and leases; tests bring their own time. */
  readonly schedule?: Schedule
}

/**
 * The embedded channel: workers lease commands from Signalbox by long poll and post the results.
 *
 * Leases live in memory. When the process ends they all end, and the commands, which are in the
 * outbox until they are settled, are leased again with the same ids.
 */
export function createQueueChannel(options: QueueChannelOptions): WorkQueue {
  const { windowCommands = limits.queueWindowCommands, schedule = systemSchedule } = options
  const itemsById = new Map<string, QueueItem>()
  const ready = createReadyList()
  const lanes = createExecutionLanes<QueueItem>()
  const polls = createPolls(schedule, lease)
  const leases = createLeaseBook(() => host().now(), schedule, onLeaseEnded)
  const workers = createWorkerBook()
  let connectedHost: ChannelHost | undefined
  let stopped = false

  function host(): ChannelHost {
    if (connectedHost === undefined) throw new Error('expected the channel to be started')
    return connectedHost
  }

  function deliver(commands: readonly OutboxCommand[]): void {
    for (const command of commands) {
      const held = itemsById.get(command.commandId)
      if (held !== undefined) {
        // Postponed while a worker had it in hand, and due again before that worker has answered.
        if (held.state === 'withdrawn') held.state = leases.isLeased(held) ? 'leased' : 'settling'
        continue
      }
      const item: QueueItem = { command, state: 'ready', leases: 0 }
      itemsById.set(command.commandId, item)
      if (lanes.enter(item)) ready.add(item)
      else item.state = 'held-back'
    }
    polls.serveSoon()
  }

  /** Leases what is ready now to one poll. */
  function lease(request: LeaseRequest): readonly LeasedCommand[] {
    const leased: LeasedCommand[] = []
    while (leased.length < request.max) {
      const item = ready.take(request.commands)
      if (item === undefined) break
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
    else giveBack(item)
  }

  function giveBack(item: QueueItem): void {
    item.state = 'ready'
    ready.addFirst(item)
    polls.serveSoon()
  }

  function remove(item: QueueItem): void {
    const wasReady = item.state === 'ready'
    item.state = 'gone'
    if (wasReady) ready.discard(item)
    const next = lanes.leave(item)
    if (next !== undefined) giveBack(next)
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
    const settling = reports.flatMap(({ commandId }) => {
      const item = itemsById.get(commandId)
      return item !== undefined && endLease(item) ? [item] : []
    })
    try {
      return await host().report(reports)
    } catch (error) {
      // Nothing is known to be stored: the worker comes again, or another worker gets the command.
      for (const item of settling) if (item.state === 'settling') giveBack(item)
      throw error
    } finally {
      for (const item of settling) {
        if (item.state === 'settling' || item.state === 'withdrawn') remove(item)
      }
    }
  }

  /** False for a command that is not leased: the result of a lease that ran out. */
  function endLease(item: QueueItem): boolean {
    if (!leases.isLeased(item)) return false
    leases.end(item)
    workers.released(item.worker)
    if (item.state === 'leased') item.state = 'settling'
    return true
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
