import type { FoundService } from '../lazy-services.ts'
import { findKafkaPrograms } from './kafka-programs.ts'
import { startKafka } from './start-kafka.ts'

/** One broker for all tests: that of `KAFKA_BROKERS`, or one of our own. */
export async function sharedBroker(): Promise<FoundService> {
  const given = process.env['KAFKA_BROKERS']
  if (given !== undefined && given !== '') {
    return { kind: 'found', address: { brokers: given }, stop: async () => {} }
  }
  const programs = await findKafkaPrograms()
  if (programs.kind === 'missing') return { kind: 'missing', reason: orGiven(programs.reason) }
  const kafka = await startKafka()
  return { kind: 'found', address: { brokers: kafka.brokers.join(',') }, stop: kafka.stop }
}

/** For tests that kill brokers or need secured ones: whether this machine can run Kafka itself. */
export async function kafkaRunner(): Promise<FoundService> {
  const programs = await findKafkaPrograms()
  if (programs.kind === 'missing') return programs
  return { kind: 'found', address: { way: programs.programs.way }, stop: async () => {} }
}

function orGiven(reason: string): string {
  return `KAFKA_BROKERS is not set, ${reason}`
}
