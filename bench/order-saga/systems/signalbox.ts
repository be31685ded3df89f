import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { stringify } from 'yaml'
import { type Child, spawnChild } from '../../measure/child.ts'
import { freePorts } from '../../measure/free-port.ts'
import { waitFor } from '../../measure/wait-for.ts'
import { commandsTopic, eventsTopic } from '../../servers/kafka-server.ts'
import { flowFile } from '../flow-file.ts'
import { type ChannelKind, startKafkaShop, startQueueServices } from './channel-services.ts'
import type { StoreServer } from './store-server.ts'
import { stopAll, type SystemUnderTest, type Workplace } from './system.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

export interface SignalboxSetup {
  /** Started, and filled if it is to be. */
  readonly store: StoreServer
  readonly channel: ChannelKind
  /** How many processes serve the store; driver and services are spread over them. */
  readonly replicas: number
}

/** Starts Signalbox as a user would, by its command line, and the three services in one process. */
export async function startSignalbox(
  workplace: Workplace,
  { store, channel, replicas }: SignalboxSetup,
): Promise<SystemUnderTest> {
  const shop = channel === 'kafka' ? await startKafkaShop(workplace) : undefined
  const configFile = writeConfiguration(workplace, configuration(store, shop?.kafka.brokers))
  const servers: Replica[] = []
  for (let n = 1; n <= replicas; n += 1) {
    const name = replicas === 1 ? 'server' : `server-${n}`
    servers.push(await startReplica(name, configFile, workplace))
  }
  const urls = servers.map(({ url }) => url)
  const [url = ''] = urls
  const completedBefore = await countCompleted(url)
  const services = shop?.services ?? startQueueServices(workplace, urls)
  const serverChildren = servers.map(({ child }) => child)
  const broker = shop === undefined ? [] : [shop.kafka.child]
  return {
    urls,
    target: 'signalbox',
    children: [...serverChildren, services, ...broker, ...store.children],
    dataDirectory: workplace.data,
    storeSizeBytes: store.sizeBytes,
    stop: async () => {
      const completedInStore = (await countCompleted(url)) - completedBefore
      await stopAll([...store.children, ...broker, ...serverChildren, services])
      return { completedInStore }
    },
  }
}

/** Writes the configuration of a case; answers the file. */
export function writeConfiguration({ data }: Workplace, content: object): string {
  const file = join(data, 'signalbox.yaml')
  writeFileSync(file, stringify(content))
  return file
}

function configuration(store: StoreServer, brokers: readonly string[] | undefined): object {
  return {
    store: { url: store.url },
    ...(brokers !== undefined && {
      channels: {
        shop: { type: 'kafka', brokers, commands: commandsTopic, events: [eventsTopic] },
      },
    }),
  }
}

export interface Replica {
  readonly child: Child
  readonly url: string
}

/** Starts one process of Signalbox and waits until it knows the order saga. */
export async function startReplica(
  name: string,
  configFile: string,
  workplace: Workplace,
): Promise<Replica> {
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const start = [`${root}src/cli/main.ts`, 'start', '--config', configFile, '--flows', flowFile]
  const child = spawnChild(process.execPath, {
    name,
    logs: workplace.logs,
    directory: workplace.data,
    arguments: [...workplace.serverNodeOptions, ...start, '--port', String(port)],
  })
  await waitFor('Signalbox to be ready', 120_000, async () => {
    const [ready, flow] = await Promise.all([
      request(`${url}/health/ready`),
      request(`${url}/api/flows/order`),
    ])
    await Promise.all([ready.body.dump(), flow.body.dump()])
    return ready.statusCode === 200 && flow.statusCode === 200
  })
  return { child, url }
}

async function countCompleted(url: string): Promise<number> {
  const answer = await request(`${url}/api/flows/order`)
  const flow = (await answer.body.json()) as {
    readonly executions: { readonly completed?: number }
  }
  return flow.executions.completed ?? 0
}
