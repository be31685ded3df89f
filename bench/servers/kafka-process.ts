import { Admin } from '@platformatic/kafka'
import { startKafka } from '../../test/infrastructure/kafka/start-kafka.ts'

/**
 * A broker of its own below this process, so that what it uses can be counted. Topics are made before
 * anybody asks for them.
 */
export interface KafkaReady {
  readonly kind: 'ready'
  readonly brokers: readonly string[]
}

const [partitions = '6', ...topics] = process.argv.slice(2)
const kafka = await startKafka()
const admin = new Admin({ clientId: 'bench', bootstrapBrokers: [...kafka.brokers] })
await admin.createTopics({ topics, partitions: Number(partitions), replicas: 1 })
await admin.close()
const ready: KafkaReady = { kind: 'ready', brokers: kafka.brokers }
process.send?.(ready)

// Nothing else keeps this process: it ends with its parent at the latest.
process.once('disconnect', () => void kafka.stop())
process.once('SIGTERM', () => process.disconnect())
