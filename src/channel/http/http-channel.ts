import { setTimeout as delay } from 'node:timers/promises'
import { Agent } from 'undici'
import { limits } from '../../kernel/limits.ts'
import type { OutboxCommand } from '../../store/store.ts'
import type { Channel, ChannelHost, DeliveryReport } from '../channel.ts'
import { createExecutionLanes } from '../execution-lanes.ts'
import { postCommand } from './post-command.ts'

export interface HttpChannelOptions {
  readonly name: string
  /** Where commands are posted to. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Of one attempt, from connecting to the end of the answer. */
  readonly timeoutMs?: number
  readonly inFlightMax?: number
}

interface Item {
  readonly command: OutboxCommand
  state: 'waiting' | 'held-back' | 'under-way' | 'withdrawn'
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
  const windowCommands = inFlightMax * waitingPerSlot
  const agent = new Agent({ connections: inFlightMax, pipelining: 1 })
  const itemsById = new Map<string, Item>()
  const waiting: Item[] = []
  const lanes = createExecutionLanes<Item>()
  const underWay = new Set<Promise<void>>()
  const aborting = new AbortController()
  let host: ChannelHost | undefined
  let stopped = false

  function begin(): void {
    if (stopped) return
    while (underWay.size < inFlightMax) {
      const item = waiting.shift()
      if (item === undefined) return
      if (item.state !== 'waiting') continue
      if (!lanes.enter(item)) {
        item.state = 'held-back'
        continue
      }
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
    })
    // Aborted by the end of the grace time: the outcome is unknown, the outbox has it still.
    if (!aborting.signal.aborted) await reportUntilStored(report)
    remove(item)
  }

  /** What happened outside must not be lost because the store is away for a moment. */
  async function reportUntilStored(report: DeliveryReport): Promise<void> {
    for (;;) {
      try {
        await host?.report([report])
        return
      } catch {
        if (aborting.signal.aborted) return
        await delay(reportRetryMs)
      }
    }
  }

  function remove(item: Item): void {
    const wasFull = itemsById.size >= windowCommands
    itemsById.delete(item.command.commandId)
    for (const next of lanes.leave(item)) {
      next.state = 'waiting'
      waiting.unshift(next)
    }
    if (wasFull) host?.roomAgain()
  }

  return {
    name,
    type: 'http',
    windowCommands,
    start(newHost) {
      host = newHost
      return Promise.resolve()
    },
    deliver(commands) {
      for (const command of commands) {
        if (itemsById.has(command.commandId)) continue
        const item: Item = { command, state: 'waiting' }
        itemsById.set(command.commandId, item)
        waiting.push(item)
      }
      begin()
    },
    withdraw(commandIds) {
      for (const id of commandIds) {
        const item = itemsById.get(id)
        // An attempt under way ends by itself; later commands of the execution wait for it.
        if (item === undefined || item.state === 'under-way') continue
        if (item.state === 'held-back') lanes.forget(item)
        item.state = 'withdrawn'
        itemsById.delete(id)
      }
    },
    held: () => itemsById.size,
    async stop(graceMs) {
      stopped = true
      const grace = setTimeout(() => aborting.abort(), graceMs)
      await Promise.allSettled(underWay)
      clearTimeout(grace)
      await agent.close()
    },
  }
}
