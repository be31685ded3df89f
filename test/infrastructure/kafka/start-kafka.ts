import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Admin } from '@platformatic/kafka'
import { findFreePorts } from '../free-port.ts'
import type { KeptProcess } from '../kept-process.ts'
import { findKafkaPrograms, type KafkaPrograms } from './kafka-programs.ts'
import { createKafkaSecurity, type KafkaSecurity } from './kafka-security.ts'
import { log4jProperties, serverProperties } from './server-properties.ts'

const readyMs = 60_000
const lookEveryMs = 100

export interface KafkaOptions {
  /** Adds listeners with SASL, TLS and both. */
  readonly secured?: boolean
  /** A proxy's port, where clients are sent to instead of the broker's own. */
  readonly advertisedPort?: number
  /** More of `server.properties`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Where its data are and stay, also when it is stopped. Default: a new folder, removed at the end. */
  readonly folder?: string
}

/** A broker of one's own, with a data directory. It ends with this process at the latest. */
export interface Kafka {
  readonly brokers: readonly string[]
  readonly port: number
  readonly secured?: {
    readonly sasl: readonly string[]
    readonly tls: readonly string[]
    readonly saslTls: readonly string[]
    readonly security: KafkaSecurity
  }
  /** Ends it as a machine that loses power would. */
  kill(): Promise<void>
  /** Starts it again on the same ports and data; ends it in good order before, if it runs. */
  restart(): Promise<void>
  /** Ends it; removes its data, unless they have a folder of their own. */
  stop(): Promise<void>
}

/** Throws when there is no way to run Kafka on this machine. */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const found = await findKafkaPrograms()
  if (found.kind === 'missing') throw new Error(`expected a way to run Kafka: ${found.reason}`)
  if (options.folder !== undefined) {
    await mkdir(options.folder, { recursive: true })
    return startIn(resolve(options.folder), found.programs, options)
  }
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-kafka-'))
  try {
    return await startIn(folder, found.programs, options)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function startIn(
  folder: string,
  programs: KafkaPrograms,
  options: KafkaOptions,
): Promise<Kafka> {
  const security = options.secured === true ? createKafkaSecurity() : undefined
  const [plain = 0, controller = 0, sasl = 0, tls = 0, saslTls = 0] = await findFreePorts(5)
  const properties = serverProperties({
    folder,
    listenHost: programs.listenHost,
    ports: { plain, controller, sasl, tls, saslTls },
    advertisedPort: options.advertisedPort ?? plain,
    security,
    settings: options.settings ?? {},
  })
  await writeFile(join(folder, 'log4j2.properties'), log4jProperties)
  await writeFile(join(folder, 'server.properties'), properties)
  if (!existsSync(join(folder, 'data', 'meta.properties'))) {
    const clusterId = randomBytes(16).toString('base64url')
    const formatArgs = ['-t', clusterId, '-c', join(folder, 'server.properties')]
    await programs.format(folder, [...formatArgs, ...(security?.formatArgs ?? [])])
  }

  const ports = [plain, ...(security === undefined ? [] : [sasl, tls, saslTls])]
  const temporary = options.folder === undefined ? [folder] : []
  let broker = await startBroker()

  async function startBroker(): Promise<KeptProcess> {
    const started = await programs.startBroker({ folder, ports, removeWhenAbandoned: temporary })
    await untilReady(started, plain, folder)
    return started
  }

  return {
    brokers: [`127.0.0.1:${plain}`],
    port: plain,
    ...(security === undefined
      ? {}
      : {
          secured: {
            sasl: [`127.0.0.1:${sasl}`],
            tls: [`127.0.0.1:${tls}`],
            saslTls: [`127.0.0.1:${saslTls}`],
            security,
          },
        }),
    kill: () => broker.end('SIGKILL'),
    async restart() {
      await broker.end('SIGTERM')
      broker = await startBroker()
    },
    async stop() {
      // Data that stay are put in order first; others need not be.
      await broker.end(temporary.length === 0 ? 'SIGTERM' : 'SIGKILL')
      for (const path of temporary) await rm(path, { recursive: true, force: true })
    },
  }
}

async function untilReady(broker: KeptProcess, port: number, folder: string): Promise<void> {
  const admin = new Admin({
    clientId: 'signalbox-tests',
    bootstrapBrokers: [{ host: '127.0.0.1', port }],
    retries: 0,
    connectTimeout: 1_000,
  })
  const deadline = Date.now() + readyMs
  try {
    for (;;) {
      const answer = await admin.metadata({}).catch((error: unknown) => error)
      if (!(answer instanceof Error)) return
      if (!broker.isRunning() || Date.now() > deadline) {
        const log = await readFile(join(folder, 'broker.log'), 'utf8')
        await broker.end('SIGKILL')
        throw new Error(`expected a broker that answers, found: ${log.slice(-4_000)}`)
      }
      await pause(lookEveryMs)
    }
  } finally {
    await admin.close()
  }
}
