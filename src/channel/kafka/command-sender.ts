import type { Log } from '../../engine/log.ts'
import { limits } from '../../kernel/limits.ts'
import type { OutboxCommand } from '../../store/store.ts'
import type { Channel, ChannelHost, DeliveryReport } from '../channel.ts'
import { createCommandBook, type HeldCommand } from '../command-book.ts'
import { createPauses } from '../pauses.ts'
import { reportUntilStored } from '../report-until-stored.ts'
import type { Schedule } from '../schedule.ts'
import { createCommandProducer } from './command-producer.ts'
import { encodeCommand, sizeOf } from './encode-command.ts'
import type { KafkaFailure } from './failure.ts'
import type { KafkaChannelOptions } from './options.ts'
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

/** The batch stays below what brokers take by default (1 MiB), unless one command is larger. */
const batchBytesMax = 900_000
const attemptTimeoutMs = 10_000
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
  const book = createCommandBook({
    windowCommands,
    onWaiting: flushSoon,
    onRoom: () => host?.roomAgain(),
  })
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
    while (underWay.size < requestsMax && book.waiting().length > 0) {
      const attempt = attemptDelivery(takeBatch()).finally(() => {
        underWay.delete(attempt)
        flushSoon()
      })
      underWay.add(attempt)
    }
  }

  function takeBatch(): readonly Outgoing[] {
    const messages: Outgoing['message'][] = []
    let bytes = 0
    for (const { command } of book.waiting().slice(0, batchCommandsMax)) {
      const message = encodeCommand(topic, command)
      bytes += sizeOf(message)
      if (messages.length > 0 && bytes > batchBytesMax) break
      messages.push(message)
    }
    const items = book.begin(messages.length)
    return messages.flatMap((message, n) => {
      const item = items[n]
      return item === undefined ? [] : [{ item, message }]
    })
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
    if (!pauses.areEnded()) await reportUntilStored(host, reports, pauses)
    for (const { item } of batch) book.finish(item)
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
    deliver: book.deliver,
    withdraw: book.withdraw,
    held: book.held,
    holds: book.holds,
    demand: () => ({ max: stopping === undefined ? windowCommands - book.held() : 0 }),
    trouble: trouble.current,
    stop(graceMs) {
      stopping ??= stop(graceMs)
      return stopping
    },
  }
}

interface Outgoing {
  readonly item: HeldCommand
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
