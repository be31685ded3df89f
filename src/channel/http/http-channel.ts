import { Agent } from 'undici'
import { limits } from '../../kernel/limits.ts'
import type { OutboxCommand } from '../../store/store.ts'
import type { Channel, ChannelHost, DeliveryReport } from '../channel.ts'
import { createExecutionLanes } from '../execution-lanes.ts'
import { type Schedule, systemSchedule } from '../schedule.ts'
import { postCommand } from './post-command.ts'

export interface HttpChannelOptions {
  readonly name: string
  /** Where commands are posted to. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Of one attempt, from connecting to the end of the answer. */
  readonly timeoutMs?: number
  readonly inFlightMax?: number
  /** For timeouts and repeats; tests bring their own time. */
  readonly schedule?: Schedule
}

interface Item {
  readonly command: OutboxCommand
  /** `held-back`: an earlier command of the execution is before it. */
  state: 'waiting' | 'held-back' | 'under-way'
  /** The next attempt of the same command, due before this one has left. */
  following?: OutboxCommand
}

const defaultTimeoutMs = 10_000
const reportRetryMs = 500
const waitingPerSlot = 8

/**
 * Posts commands to a service. A 2xx answer accepts the command, and may carry the event as
 * `{ "event": …, "data": … }`; otherwise events come in by the API. Retries are decided by the
 * kernel, which knows the policy: here each delivery is one attempt with one report.
 */
export function createHttpChannel(options: HttpChannelOptions): Channel {
  const { name, url, timeoutMs = defaultTimeoutMs, inFlightMax = limits.httpInFlight } = options
  const schedule = options.schedule ?? systemSchedule
  const windowCommands = inFlightMax * waitingPerSlot
  const agent = new Agent({ connections: inFlightMax, pipelining: 1 })
  const itemsById = new Map<string, Item>()
  const waiting: Item[] = []
  const lanes = createExecutionLanes<Item>()
  const underWay = new Set<Promise<void>>()
  const aborting = new AbortController()
  let host: ChannelHost | undefined
  let stopping: Promise<void> | undefined

  function deliver(commands: readonly OutboxCommand[]): void {
    for (const command of commands) {
      const held = itemsById.get(command.commandId)
      if (held !== undefined) {
        if (held.command.attempt !== command.attempt) held.following = command
        continue
      }
      const item: Item = { command, state: 'waiting' }
      itemsById.set(command.commandId, item)
      if (lanes.enter(item)) waiting.push(item)
      else item.state = 'held-back'
    }
    begin()
  }

  function begin(): void {
    if (stopping !== undefined || host?.mayHandOut() === false) return
    while (underWay.size < inFlightMax) {
      const item = waiting.shift()
      if (item === undefined) return
      item.state = 'under-way'
      const attempt = attemptDelivery(item).finally(() => {
        underWay.delete(attempt)
        begin()
      })
      underWay.add(attempt)
    }
  }

  async function attemptDelivery(item: Item): Promise<void> {
    const report = await postCommand(item.command, {
      url,
      headers: options.headers ?? {},
      timeoutMs,
      dispatcher: agent,
      signal: aborting.signal,
      schedule,
      now: () => host?.now() ?? 0,
    })
    // Aborted by the end of the grace time: the outcome is unknown, the outbox has it still.
    if (!aborting.signal.aborted) await reportUntilStored(report)
    remove(item)
    if (item.following !== undefined) deliver([item.following])
  }

  /** What happened outside must not be lost because the store is away for a moment. */
  async function reportUntilStored(report: DeliveryReport): Promise<void> {
    while (!aborting.signal.aborted) {
      try {
        await host?.report([report])
        return
      } catch {
        await pause(reportRetryMs)
      }
    }
  }

  /** Waits, but not beyond the end of the grace time. */
  function pause(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = schedule(delayMs, resolve)
    const stop = (): void => {
      cancel()
      resolve()
    }
    aborting.signal.addEventListener('abort', stop)
    return promise.finally(() => aborting.signal.removeEventListener('abort', stop))
  }

  function remove(item: Item): void {
    const wasFull = itemsById.size >= windowCommands
    itemsById.delete(item.command.commandId)
    const next = lanes.leave(item)
    if (next !== undefined) {
      next.state = 'waiting'
      waiting.unshift(next)
    }
    if (wasFull) host?.roomAgain()
  }

  function withdraw(item: Item): void {
    delete item.following
    // An attempt under way ends by itself; later commands of the execution wait for it.
    if (item.state === 'under-way') return
    if (item.state === 'waiting') waiting.splice(waiting.indexOf(item), 1)
    remove(item)
  }

  async function stop(graceMs: number): Promise<void> {
    const cancelGrace = schedule(graceMs, () => aborting.abort())
    await Promise.allSettled(underWay)
    cancelGrace()
    await agent.close()
  }

  return {
    name,
    type: 'http',
    windowCommands,
    start(newHost) {
      host = newHost
      return Promise.resolve()
    },
    deliver,
    withdraw(commandIds) {
      for (const id of commandIds) {
        const item = itemsById.get(id)
        if (item !== undefined) withdraw(item)
      }
      begin()
    },
    held: () => itemsById.size,
    holds: (commandId) => itemsById.has(commandId),
    demand: () => ({ max: stopping === undefined ? windowCommands - itemsById.size : 0 }),
    surplus: () => [],
    trouble: () => undefined,
    stop(graceMs) {
      stopping ??= stop(graceMs)
      return stopping
    },
  }
}
