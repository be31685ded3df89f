import { limits } from '../../kernel/limits.ts'
import type { OutboxCommand } from '../../store/store.ts'
import type {
  ChannelHost,
  Demand,
  DeliveryReport,
  LeasedCommand,
  LeaseRequest,
  ReportAnswer,
  WorkQueue,
} from '../channel.ts'
import { createExecutionLanes } from '../execution-lanes.ts'
import { traceparentOf } from '../trace-context.ts'
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

type ExtendRequest = Parameters<WorkQueue['extend']>[0]

/** Stands for a worker that got a command from another replica. */
const workerElsewhere = '(of another replica)'
/** Before the store is asked again whether a command is still to be done. */
const confirmRetryMs = 1_000
/** A worker that was seen within this time is expected to come again. */
const workerSeenMs = 10_000
/** Commands ahead of the workers, of each name: at least, and per command that is leased. */
const aheadMin = 64
const aheadPerLease = 2

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
  const leases = createLeaseBook(() => host().now(), schedule, onLeasesEnded)
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
      if (!lanes.enter(item)) item.state = 'held-back'
      else if ((command.reservedUntil ?? 0) > host().now()) waitForOther(item)
      else ready.add(item)
    }
    polls.serveSoon()
  }

  /** Leases what is ready now to one poll. */
  function lease(request: LeaseRequest): readonly LeasedCommand[] {
    const leased: LeasedCommand[] = []
    if (!host().mayHandOut()) return leased
    while (leased.length < request.max) {
      const item = ready.take(request.commands)
      if (item === undefined) break
      item.leases += 1
      leased.push(leasedCommandOf(item, leases.begin(item, request.worker, request.leaseMs)))
    }
    if (leased.length > 0) workers.leased(request.worker, leased.length)
    return leased
  }

  /** A worker got it from a replica that is gone, and has said that it is at work. */
  function waitForOther(item: QueueItem): void {
    item.leases += 1
    leases.begin(item, workerElsewhere, (item.command.reservedUntil ?? 0) - host().now())
  }

  /**
   * The worker of a command that was handed out by another replica, or by the process before this one,
   * and that has not been handed out here: from now on it has its lease here.
   */
  function adopt(item: QueueItem, worker: string, leaseMs: number): boolean {
    const isExpected = item.state === 'leased' && item.worker === workerElsewhere
    const isUntouched = item.state === 'ready' && item.leases === 0 && host().mayHandOut()
    if (!isExpected && !isUntouched) return false
    leases.begin(item, worker, leaseMs)
    if (isUntouched) {
      item.leases += 1
      ready.discard(item)
    }
    workers.leased(worker, 1)
    return true
  }

  /** The leases ran out: the next workers get the commands, with the same ids. */
  function onLeasesEnded(items: readonly QueueItem[]): void {
    const asked: QueueItem[] = []
    for (const item of items) {
      workers.released(item.worker)
      if (item.state === 'withdrawn') remove(item)
      else {
        item.state = 'confirming'
        asked.push(item)
      }
    }
    if (asked.length > 0) void confirm(asked)
  }

  async function confirm(items: readonly QueueItem[]): Promise<void> {
    const ids = items.map(({ command }) => command.commandId)
    const untilById = await host()
      .confirm(ids)
      .catch(() => undefined)
    for (const item of items) {
      if (item.state !== 'confirming') continue
      const now = host().now()
      // Without an answer nothing is known; the store is asked again.
      const until =
        untilById === undefined ? now + confirmRetryMs : untilById.get(item.command.commandId)
      if (until === undefined) remove(item)
      else if (until > now) leases.begin(item, workerElsewhere, until - now)
      else giveBack(item)
    }
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

  function withdraw(commandIds: readonly string[], isAnswered = false): void {
    for (const id of commandIds) {
      const item = itemsById.get(id)
      if (item === undefined) continue
      if (isAnswered) {
        endLease(item)
        remove(item)
      }
      // A worker has it in hand: later commands of the execution wait until it has answered.
      else if (item.state === 'leased') item.state = 'withdrawn'
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
      // Nothing is known to be stored: the worker comes again, or another one gets what is still open.
      const open = settling.filter(({ state }) => state === 'settling')
      for (const item of open) item.state = 'confirming'
      if (open.length > 0) void confirm(open)
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

  async function extend({
    worker,
    commandIds,
    leaseMs,
  }: ExtendRequest): Promise<readonly string[]> {
    workers.seen(worker, host().now())
    const lost: string[] = []
    const notHere: string[] = []
    for (const id of commandIds) {
      const item = itemsById.get(id)
      if (item === undefined) notHere.push(id)
      else if (!leases.extend(item, worker, leaseMs) && !adopt(item, worker, leaseMs)) lost.push(id)
    }
    if (notHere.length === 0) return lost
    const open = new Set(await host().reserve(notHere, host().now() + leaseMs))
    return [...lost, ...notHere.filter((id) => !open.has(id))]
  }

  /** Some commands ahead for each name that is asked for, so that a worker that comes finds one. */
  function demand(): Demand {
    if (stopped) return { max: 0 }
    const names = wantedNames()
    const aheadMax = Math.max(aheadMin, leases.count() * aheadPerLease)
    const room = Math.max(0, windowCommands - itemsById.size)
    if (names === undefined) return { max: Math.min(room, Math.max(0, aheadMax - readyCount())) }
    const commands = [...names].filter((name) => ready.count(name) < aheadMax)
    return { max: Math.min(room, commands.length * aheadMax), commands }
  }

  function wantedNames(): ReadonlySet<string> | undefined {
    const now = host().now()
    const seen = workers.wanted(now - workerSeenMs)
    const polled = polls.wanted()
    return seen === undefined || polled === undefined ? undefined : new Set([...seen, ...polled])
  }

  function readyCount(): number {
    return itemsById.size - leases.count()
  }

  function surplus(): readonly string[] {
    const names = wantedNames()
    if (names === undefined) return []
    const unwanted = ready.all().filter(({ command }) => !names.has(command.command))
    // Never a part of a line: what is left of it would go out before what was given back.
    const lines = unwanted.flatMap((item) => [item, ...lanes.behind(item)])
    return lines.map(({ command }) => command.commandId)
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
    holds: (commandId) => itemsById.has(commandId),
    demand,
    surplus,
    trouble: () => undefined,
    stop() {
      stopped = true
      polls.stop()
      leases.stop()
      return Promise.resolve()
    },
    lease(request) {
      workers.seen(request.worker, host().now(), request.commands)
      if (stopped) return Promise.resolve([])
      const answer = polls.wait(request)
      if (polls.isAnyWaiting()) host().demandGrew()
      return answer
    },
    settle,
    extend,
    leases: () => leases.byEnd(),
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
    traceparent: traceparentOf(item.command),
  }
}
