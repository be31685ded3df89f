import { Admin } from '@platformatic/kafka'

/** The topics of `signalbox.kafka.yaml`, for those who are not Signalbox. */
export const orderTopics = { commands: 'order-commands', events: 'order-events' } as const

export type OrderTopics = Readonly<Record<keyof typeof orderTopics, string>>

/** As many services of a kind may share the work. */
const partitions = 6

/** Creates the topics that are not there yet. Nobody creates topics by using them. */
export async function createOrderTopics(
  brokers: readonly string[],
  topics: OrderTopics = orderTopics,
): Promise<void> {
  const admin = new Admin({ clientId: 'order-example', bootstrapBrokers: [...brokers] })
  try {
    const existing = new Set(await admin.listTopics())
    const missing = Object.values(topics).filter((topic) => !existing.has(topic))
    // With -1 the broker says how many copies there are of each.
    if (missing.length > 0) await admin.createTopics({ topics: missing, partitions, replicas: -1 })
  } finally {
    await admin.close()
  }
}
