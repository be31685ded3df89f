import { fileURLToPath } from 'node:url'
import { type Child, forkChild } from '../measure/child.ts'
import type { Workplace } from '../order-saga/systems/system.ts'
import type { KafkaReady } from './kafka-process.ts'

/** A broker of one case, with the two topics of the shop. */
export interface KafkaServer {
  readonly child: Child
  readonly brokers: readonly string[]
}

export const commandsTopic = 'shop-commands'
export const eventsTopic = 'shop-events'
const partitions = 6
const processFile = fileURLToPath(new URL('kafka-process.ts', import.meta.url))

/**
 * Starts Apache Kafka as the tests do: one process that is broker and controller, with its shipped
 * settings for durability (it leaves the sync to the system). Throws where there is no way to run it.
 */
export async function startKafkaServer({ logs }: Workplace): Promise<KafkaServer> {
  const child = forkChild(processFile, {
    name: 'kafka',
    logs,
    arguments: [String(partitions), commandsTopic, eventsTopic],
  })
  const { brokers } = await child.message<KafkaReady>('ready')
  return { child, brokers }
}
