import { Agent } from 'undici'
import { limits } from '../../kernel/limits.ts'
import type { Channel, ChannelHost } from '../channel.ts'
import { createCommandBook, type HeldCommand } from '../command-book.ts'
import { createPauses } from '../pauses.ts'
import { reportUntilStored } from '../report-until-stored.ts'
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

const defaultTimeoutMs = 10_000
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
  const book = createCommandBook({
    windowCommands,
    onWaiting: begin,
    onRoom: () => host?.roomAgain(),
  })
  const underWay = new Set<Promise<void>>()
  const aborting = new AbortController()
  const pauses = createPauses(schedule)
  let host: ChannelHost | undefined
  let stopping: Promise<void> | undefined

  function begin(): void {
    if (stopping !== undefined || host?.mayHandOut() === false) return
    for (const item of book.begin(inFlightMax - underWay.size)) {
      const attempt = attemptDelivery(item).finally(() => {
        underWay.delete(attempt)
        begin()
      })
      underWay.add(attempt)
    }
  }

  async function attemptDelivery(item: HeldCommand): Promise<void> {
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
    if (!pauses.areEnded()) await reportUntilStored(host, [report], pauses)
    book.finish(item)
  }

  async function stop(graceMs: number): Promise<void> {
    const cancelGrace = schedule(graceMs, () => {
      pauses.end()
      aborting.abort()
    })
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
    deliver: book.deliver,
    withdraw: book.withdraw,
    held: book.held,
    holds: book.holds,
    demand: () => ({ max: stopping === undefined ? windowCommands - book.held() : 0 }),
    surplus: () => [],
    trouble: () => undefined,
    stop(graceMs) {
      stopping ??= stop(graceMs)
      return stopping
    },
  }
}
