/** Workers over Apache Kafka. Needs the peer dependency `@platformatic/kafka`. */
export { createKafkaWorker, type KafkaWorker } from './kafka/kafka-worker.ts'
export type {
  CommandFailure,
  FailureAnswer,
  KafkaRetry,
  KafkaSasl,
  KafkaTls,
  KafkaWorkerOptions,
} from './kafka/kafka-worker-options.ts'
export type { KafkaCommand, KafkaHandler } from './kafka/kafka-command.ts'
