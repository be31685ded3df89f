import { askService, type NeededService } from '../ask-service.ts'
import { type Kafka, type KafkaOptions, startKafka } from './start-kafka.ts'

/** The broker that all test files use together: topics need names of one's own. */
export interface SharedKafka {
  readonly brokers: readonly string[]
}

/** `const kafka = await sharedKafka()`, then `describeWith(kafka, 'title', ({ brokers }) => …)`. */
export function sharedKafka(): Promise<NeededService<SharedKafka>> {
  return askService('kafka', ({ brokers = '' }) => ({ brokers: brokers.split(',') }))
}

/** For tests that stop brokers, or want them secured: they start their own. */
export function ownKafka(): Promise<
  NeededService<{ readonly start: (options?: KafkaOptions) => Promise<Kafka> }>
> {
  return askService('kafka-runner', () => ({ start: startKafka }))
}
