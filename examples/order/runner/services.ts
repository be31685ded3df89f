import { join } from 'node:path'
import { type OrderTopics, orderTopics } from '../kafka/topics.ts'
import { type Child, startChild } from './child-process.ts'
import { type ServiceName, serviceNames } from './service-names.ts'

/** The three services as processes. One that dies is started again; one that was stopped is not. */
export interface Services {
  list(): readonly ServiceState[]
  start(name: ServiceName): void
  stop(name: ServiceName): Promise<void>
  stopAll(): Promise<void>
}

export interface ServiceState {
  readonly name: ServiceName
  /** Absent while it is stopped. */
  readonly pid?: number
}

export interface ServicesOptions {
  readonly url: string
  readonly ledgerFolder: string
  readonly logFolder: string
  /** Default: the services' own. */
  readonly leaseMs?: number
  /** Over Kafka: what connects the services to it. */
  readonly kafka?: KafkaServices
  /** Told what happens to services, in a sentence. */
  readonly onNews: (news: string) => void
}

export interface KafkaServices {
  readonly brokers: readonly string[]
  /** Default: those of the example. */
  readonly topics?: OrderTopics
  /** Begins the names of the consumer groups. */
  readonly groupPrefix?: string
}

const restartAfterMs = 1_000
const killAfterMs = 5_000

export function createServices(options: ServicesOptions): Services {
  const running = new Map<ServiceName, Child>()
  const wanted = new Set<ServiceName>()
  const leaseFlags = options.leaseMs === undefined ? [] : ['--lease-ms', String(options.leaseMs)]
  const kafkaFlags = options.kafka === undefined ? [] : flagsOf(options.kafka)

  function start(name: ServiceName): void {
    wanted.add(name)
    if (running.has(name)) return
    const child = startChild({
      program: join(import.meta.dirname, '..', 'services', `${name}.ts`),
      args: ['--url', options.url, '--ledgers', options.ledgerFolder, ...leaseFlags, ...kafkaFlags],
      logFile: join(options.logFolder, `${name}.log`),
      tellWhenGone: true,
    })
    running.set(name, child)
    void child.ended.then((how) => ended(name, how))
  }

  function ended(name: ServiceName, how: string): void {
    running.delete(name)
    if (!wanted.has(name)) return
    options.onNews(`the ${name} service has died (${how}); it is started again`)
    setTimeout(() => {
      if (wanted.has(name)) start(name)
    }, restartAfterMs)
  }

  async function stop(name: ServiceName): Promise<void> {
    wanted.delete(name)
    const child = running.get(name)
    if (child === undefined) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    await child.ended
    clearTimeout(timer)
  }

  return {
    list: () =>
      serviceNames.map((name) => {
        const child = running.get(name)
        return child === undefined ? { name } : { name, pid: child.pid }
      }),
    start,
    stop,
    stopAll: async () => {
      await Promise.all(serviceNames.map(stop))
    },
  }
}

function flagsOf({ brokers, topics = orderTopics, groupPrefix = 'order-' }: KafkaServices) {
  return [
    '--kafka',
    brokers.join(','),
    '--commands',
    topics.commands,
    '--events',
    topics.events,
    '--group-prefix',
    groupPrefix,
  ]
}
