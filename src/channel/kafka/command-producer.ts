import {
  compatibilityPartitioner,
  type MessageToProduce,
  ProduceAcks,
  Producer,
} from '@platformatic/kafka'
import type { Schedule } from '../schedule.ts'
import { clientOptions } from './client-options.ts'
import { failureOf, type KafkaFailure } from './failure.ts'
import type { KafkaChannelOptions } from './options.ts'

/** The time that brokers have to store a batch. */
const requestTimeoutMs = 8_000

export interface CommandProducer {
  /** Answers when all replicas in sync have the messages, or why not; in the end it always answers. */
  send(messages: readonly MessageToProduce[]): Promise<KafkaFailure | undefined>
  /** Whether the topic is there. */
  check(topic: string): Promise<KafkaFailure | undefined>
  close(): Promise<void>
}

/**
 * The connection that commands leave by. After a failure of the connection a new client is made: a
 * late answer on an old one cannot be told apart from that to a newer request.
 *
 * Not an idempotent producer: here it would allow one request at a time, and lose its sequence with
 * every refused message. Order within an execution is kept above, and repeats carry the same id.
 */
export function createCommandProducer(
  options: KafkaChannelOptions,
  attempt: {
    readonly timeoutMs: number
    readonly requestsMax: number
    readonly schedule: Schedule
  },
): CommandProducer {
  let current: Producer | undefined
  const closing = new Set<Promise<void>>()

  function client(): Producer {
    current ??= new Producer({
      ...clientOptions(options, 'commands'),
      requestTimeout: requestTimeoutMs,
      maxInflights: attempt.requestsMax,
      // As Java clients partition, so that all of an execution is where others expect it.
      partitioner: compatibilityPartitioner,
    })
    return current
  }

  function discard(failed: Producer): void {
    if (current === failed) current = undefined
    const closed = failed
      .close()
      // It is given up: whether it closes in good order is of no interest any more.
      .catch(() => {})
      .finally(() => closing.delete(closed))
    closing.add(closed)
  }

  async function attemptOn(
    producer: Producer,
    action: () => Promise<unknown>,
  ): Promise<KafkaFailure | undefined> {
    const { promise: timedOut, resolve } = Promise.withResolvers<KafkaFailure>()
    const cancelTimeout = attempt.schedule(attempt.timeoutMs, () =>
      resolve({
        code: 'KAFKA_TIMEOUT',
        detail: `no answer within ${attempt.timeoutMs} ms`,
        retryable: true,
      }),
    )
    try {
      const failure = await Promise.race([
        action().then(
          () => undefined,
          (error: unknown) => failureOf(error),
        ),
        timedOut,
      ])
      if (failure !== undefined && isOfConnection(failure)) discard(producer)
      return failure
    } finally {
      cancelTimeout()
    }
  }

  return {
    send(messages) {
      const producer = client()
      return attemptOn(producer, () =>
        producer.send({ messages: [...messages], acks: ProduceAcks.ALL }),
      )
    },
    check(topic) {
      const producer = client()
      return attemptOn(producer, () => producer.metadata({ topics: [topic] }))
    },
    async close() {
      if (current !== undefined) discard(current)
      await Promise.all(closing)
    },
  }
}

function isOfConnection({ code }: KafkaFailure): boolean {
  return code === 'KAFKA_TIMEOUT' || code === 'KAFKA_UNREACHABLE' || code === 'KAFKA_AUTHENTICATION'
}
