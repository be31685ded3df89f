import { fileURLToPath } from 'node:url'
import { forkChild } from '../../measure/child.ts'
import type { Listening } from '../../measure/report-url.ts'
import { commandsTopic, eventsTopic } from '../../servers/kafka-server.ts'
import { openRows } from '../bare/open-rows.ts'
import { type ChannelKind, startKafkaShop, startQueueServices } from './channel-services.ts'
import { type StoreKind, startStore } from './store-server.ts'
import { stopAll, type SystemUnderTest, type Workplace } from './system.ts'

const queueServerFile = fileURLToPath(new URL('../bare/server.ts', import.meta.url))
const kafkaServerFile = fileURLToPath(new URL('../bare-kafka/server.ts', import.meta.url))

/** Starts the bare server, or the bare loop over Kafka, and the three services beside it. */
export async function startBareServer(
  workplace: Workplace,
  storeKind: StoreKind,
  channel: ChannelKind,
): Promise<SystemUnderTest> {
  const store = await startStore(storeKind, workplace)
  const shop = channel === 'kafka' ? await startKafkaShop(workplace) : undefined
  const topics = shop === undefined ? [] : [commandsTopic, eventsTopic, ...shop.kafka.brokers]
  const server = forkChild(shop === undefined ? queueServerFile : kafkaServerFile, {
    name: 'server',
    logs: workplace.logs,
    arguments: [store.place, ...topics],
    nodeOptions: workplace.serverNodeOptions,
  })
  const { url } = await server.message<Listening>('listening')
  const services = shop?.services ?? startQueueServices(workplace, [url])
  const broker = shop === undefined ? [] : [shop.kafka.child]
  return {
    urls: [url],
    target: 'signalbox',
    children: [server, services, ...broker, ...store.children],
    dataDirectory: workplace.data,
    storeSizeBytes: store.sizeBytes,
    stop: async () => {
      await stopAll([...broker, server, services])
      const rows = await openRows(store.place)
      const completedInStore = await rows.countCompleted()
      await rows.close()
      await stopAll(store.children)
      return { completedInStore }
    },
  }
}
