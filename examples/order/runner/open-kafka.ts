import { join } from 'node:path'
import { startKafka } from '../../../test/infrastructure/kafka/start-kafka.ts'
import { createOrderTopics } from '../kafka/topics.ts'

/** The brokers of a run over Kafka. */
export interface ExampleKafka {
  readonly brokers: readonly string[]
  /** Ends what was started for this run. */
  stop(): Promise<void>
}

export interface ExampleKafkaOptions {
  /** Brokers that are there; none: one is started. */
  readonly brokers: readonly string[]
  /** Where a broker of our own keeps its data, from run to run: its orders are in our store. */
  readonly folder: string
  readonly say: (text: string) => void
}

const advice =
  'Give --kafka the brokers that you have (--kafka host:9092), or install Java 17 and Maven, or start Docker.'

/** Brokers with the topics of the example. Throws an `Error` with advice. */
export async function openKafka(options: ExampleKafkaOptions): Promise<ExampleKafka> {
  const { brokers, say } = options
  const kafka = brokers.length > 0 ? { brokers, stop: async () => {} } : await startOwn(options)
  try {
    await createOrderTopics(kafka.brokers)
  } catch (cause) {
    await kafka.stop()
    const found = cause instanceof Error ? cause.message : String(cause)
    throw new Error(
      `expected Kafka at ${kafka.brokers.join(', ')} and the topics of the example, found: ${found}`,
      { cause },
    )
  }
  say(`Kafka is at ${kafka.brokers.join(', ')}.`)
  return kafka
}

async function startOwn({ folder, say }: ExampleKafkaOptions): Promise<ExampleKafka> {
  say('Starting Apache Kafka (the first time it is fetched, some 40 MB) …')
  const begun = Date.now()
  try {
    const kafka = await startKafka({ folder })
    say(
      `Started in ${((Date.now() - begun) / 1_000).toFixed(1)} s; its log: ${join(folder, 'broker.log')}`,
    )
    return kafka
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`Kafka could not be started: ${found}\n${advice}`, { cause })
  }
}
