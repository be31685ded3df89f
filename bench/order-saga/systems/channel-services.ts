import { fileURLToPath } from 'node:url'
import { type Child, forkChild } from '../../measure/child.ts'
import {
  commandsTopic,
  eventsTopic,
  type KafkaServer,
  startKafkaServer,
} from '../../servers/kafka-server.ts'
import type { Workplace } from './system.ts'

export type ChannelKind = 'queue' | 'kafka'

const queueServicesFile = fileURLToPath(new URL('../services/queue-services.ts', import.meta.url))
const kafkaServicesFile = fileURLToPath(new URL('../services/kafka-services.ts', import.meta.url))

/** Starts the three services where commands are pulled from the servers themselves. */
export function startQueueServices({ logs }: Workplace, urls: readonly string[]): Child {
  return forkChild(queueServicesFile, { name: 'services', logs, arguments: urls })
}

/** Starts a broker and the three services on it. */
export async function startKafkaShop(
  workplace: Workplace,
): Promise<{ readonly kafka: KafkaServer; readonly services: Child }> {
  const kafka = await startKafkaServer(workplace)
  const services = forkChild(kafkaServicesFile, {
    name: 'services',
    logs: workplace.logs,
    arguments: [commandsTopic, eventsTopic, ...kafka.brokers],
  })
  await services.message('reading')
  return { kafka, services }
}
