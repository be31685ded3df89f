import type { Log } from '../../engine/log.ts'
import { limits } from '../../kernel/limits.ts'
import type { OutboxCommand } from '../../store/store.ts'
import type { Channel, ChannelHost, DeliveryReport } from '../channel.ts'
import { createExecutionLanes } from '../execution-lanes.ts'
import type { Schedule } from '../schedule.ts'
import { createCommandProducer } from './command-producer.ts'
import { encodeCommand, sizeOf } from './encode-command.ts'
import type { KafkaFailure } from './failure.ts'
import type { KafkaChannelOptions } from './options.ts'
import { createPauses } from './pauses.ts'
import { missingTopics } from './topic-advice.ts'
import { createTroubleBook } from './trouble-book.ts'

/** The side of the channel on which commands go out. */
export interface CommandSender extends Pick<
  Channel,
  'deliver' | 'withdraw' | 'held' | 'holds' | 'demand' | 'trouble' | 'stop'
> {
  start(host: ChannelHost): void
}

export interface SenderSurroundings {
  readonly log: Log
  readonly schedule: Schedule
  /** Commands that travel in one request at most. */
  readonly batchCommandsMax: number
  /** Requests under way at once. */
  readonly requestsMax: number
}

interface Item {
  readonly command: OutboxCommand
  /** `held-back`: an earlier command of the execution is before it. */
  state: 'waiting' | 'held-back' | 'under-way'
  /** The next attempt of the same command, due before this one has left. */
  following?: OutboxCommand
}

/** The batch stays below what brokers take by default (1 MiB), unless one command is larger. */
const batchBytesMax = 900_000
const attemptTimeoutMs = 10_000
const reportRetryMs = 500
const checkAgainMs = 5_000

/**
 * Sends commands in batches: what has become ready within one turn of the event loop, and while all
 * requests are under way, what has gathered meanwhile. A command is accepted when the brokers have it.
 */
export function createCommandSender(
  options: KafkaChannelOptions,
  topic: string,
  surroundings: SenderSurroundings,
): CommandSender {
  const { log, schedule, batchCommandsMax, requestsMax } = surroundings
  const windowCommands = limits.kafkaWindowCommands
  const itemsById = new Map<string, Item>()
  const waiting: Item[] = []
  const lanes = createExecutionLanes<Item>()
  const underWay = new Set<Promise<void>>()
  const pauses = createPauses(schedule)
  const producer = createCommandProducer(options, {
    timeoutMs: attemptTimeoutMs,
    requestsMax,
    schedule,
  })
  const trouble = createTroubleBook(log, () => host?.now() ?? 0, { channel: options.name, topic })
  let host: ChannelHost | undefined
  let stopping: Promise<void> | undefined
  let isFlushScheduled = false

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
    flushSoon()
  }

  function flushSoon(): void {
    if (isFlushScheduled) return
    isFlushScheduled = true
    setImmediate(() => {
      isFlushScheduled = false
      flush()
    })
  }

  function flush(): void {
    if (stopping !== undefined || host?.mayHandOut() === false) return
    while (underWay.size < requestsMax && waiting.length > 0) {
      const attempt = attemptDelivery(takeBatch()).finally(() => {
        underWay.delete(attempt)
        flushSoon()
      })
      underWay.add(attempt)
    }
  }

  function takeBatch(): readonly Outgoing[] {
    const batch: Outgoing[] = []
    let bytes = 0
    for (const item of waiting.slice(0, batchCommandsMax)) {
      const message = encodeCommand(topic, item.command)
      bytes += sizeOf(message)
      if (batch.length > 0 && bytes > batchBytesMax) break
      item.state = 'under-way'
      batch.push({ item, message })
    }
    waiting.splice(0, batch.length)
    return batch
  }

  async function attemptDelivery(batch: readonly Outgoing[]): Promise<void> {
    const failure = await producer.send(batch.map(({ message }) => message))
    noteTrouble(failure)
    if (failure !== undefined && !failure.retryable && batch.length > 1) {
      // Which of them was refused? Each has its own outcome.
      for (const outgoing of batch) await attemptDelivery([outgoing])
      return
    }
    const reports = batch.map(({ item }) => reportOf(item.command, failure))
    if (!pauses.areEnded()) await reportUntilStored(reports)
    for (const { item } of batch) remove(item)
  }

  function noteTrouble(failure: KafkaFailure | undefined): void {
    if (failure === undefined || !failure.retryable) trouble.works()
    else trouble.failed(sentenceOf(failure))
  }

  function sentenceOf({ code, detail }: KafkaFailure): string {
    return code === 'KAFKA_UNKNOWN_TOPIC' || code === 'KAFKA_UNKNOWN_TOPIC_OR_PARTITION'
      ? missingTopics([topic], options.brokers)
      : `expected brokers that take commands at ${options.brokers.join(', ')}, found: ${detail}`
  }

  /** What happened outside must not be lost because the store is away for a moment. */
  async function reportUntilStored(reports: readonly DeliveryReport[]): Promise<void> {
    while (!pauses.areEnded()) {
      try {
        await host?.report(reports)
        return
      } catch {
        // The store is away, or the engine stops: the outbox has the commands still.
        await pauses.pause(reportRetryMs)
      }
    }
  }

  function remove(item: Item): void {
    const wasFull = itemsById.size >= windowCommands
    itemsById.delete(item.command.commandId)
    const next = lanes.leave(item)
    if (next !== undefined) {
      next.state = 'waiting'
      waiting.push(next)
    }
    if (item.following !== undefined) deliver([item.following])
    if (wasFull) host?.roomAgain()
  }

  function withdraw(item: Item): void {
    delete item.following
    // An attempt under way ends by itself; later commands of the execution wait for it.
    if (item.state === 'under-way') return
    if (item.state === 'waiting') waiting.splice(waiting.indexOf(item), 1)
    remove(item)
  }

  /** So that a missing topic is known before the first command is late. */
  async function checkUntilItWorks(): Promise<void> {
    while (!pauses.areEnded()) {
      const failure = await producer.check(topic)
      noteTrouble(failure)
      if (failure === undefined) return
      await pauses.pause(checkAgainMs)
    }
  }

  async function stop(graceMs: number): Promise<void> {
    const cancelGrace = schedule(graceMs, pauses.end)
    await Promise.race([Promise.allSettled(underWay), pauses.ended])
    cancelGrace()
    pauses.end()
    await producer.close()
  }

  return {
    start(newHost) {
      host = newHost
      void checkUntilItWorks()
    },
    deliver,
    withdraw(commandIds) {
      for (const id of commandIds) {
        const item = itemsById.get(id)
        if (item !== undefined) withdraw(item)
      }
      flushSoon()
    },
    held: () => itemsById.size,
    holds: (commandId) => itemsById.has(commandId),
    demand: () => ({ max: stopping === undefined ? windowCommands - itemsById.size : 0 }),
    trouble: trouble.current,
    stop(graceMs) {
      stopping ??= stop(graceMs)
      return stopping
    },
  }
}

interface Outgoing {
  readonly item: Item
  readonly message: ReturnType<typeof encodeCommand>
}

function reportOf({ commandId }: OutboxCommand, failure: KafkaFailure | undefined): DeliveryReport {
  if (failure === undefined) return { kind: 'accepted', commandId }
  const { code, detail, retryable } = failure
  return {
    kind: 'failed',
    commandId,
    code,
    message: `expected that the brokers take the command, found: ${detail}`,
    retryable,
  }
}
