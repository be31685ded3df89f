import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Child, startChild } from './child.ts'
import { findFreePort } from './free-port.ts'

const root = join(import.meta.dirname, '..', '..')
const server = join(root, 'src', 'cli', 'main.ts')
const flowFolder = join(root, 'examples', 'order')
const serviceNames = ['inventory', 'payment', 'shipment'] as const
export type ServiceName = (typeof serviceNames)[number]

/** Signalbox, as one server or as several replicas, and the services of the order example. */
export interface OrderShop {
  /** Of the first replica. */
  readonly url: string
  readonly urls: readonly string[]
  /** The SQLite file, where that is the store. */
  readonly storePath: string
  readonly ledgerFolder: string
  /** Starts a replica (the first, if not said), and waits until it is ready. */
  startServer(replica?: number): Promise<void>
  killServer(replica?: number): Promise<void>
  isReady(replica: number): boolean
  stopServer(replica?: number): Promise<void>
  startService(name: ServiceName): void
  killService(name: ServiceName): Promise<void>
  startServices(): void
  /** Ends every process and removes the folder. */
  close(): Promise<void>
}

export interface OrderShopOptions {
  /** One, unless a store is given that several may share. */
  readonly replicas?: number
  /** `postgres://…`; absent: SQLite in a folder of its own. */
  readonly store?: string
  /** More of `signalbox.yaml`, as JSON. */
  readonly configuration?: object
  /** Variables of the servers' environment. */
  readonly env?: Readonly<Record<string, string>>
  /** How the services are reached; absent: they lease over HTTP. */
  readonly serviceArgs?: readonly string[]
}

export async function openOrderShop(options: OrderShopOptions = {}): Promise<OrderShop> {
  const { replicas = 1, configuration = {}, env = {} } = options
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-chaos-'))
  const storePath = join(folder, 'signalbox.db')
  const store = options.store ?? `sqlite:${storePath}`
  const ledgerFolder = join(folder, 'ledgers')
  mkdirSync(ledgerFolder)
  const configurationPath = join(folder, 'signalbox.yaml')
  writeFileSync(configurationPath, JSON.stringify(configuration))
  const ports = await findFreePorts(replicas)
  const urls = ports.map((port) => `http://127.0.0.1:${port}`)
  const services = new Map<ServiceName, Child>()
  const servers = new Map<number, Child>()
  const ready = new Set<number>()

  async function startServer(replica = 0): Promise<void> {
    ready.delete(replica)
    const child = startChild(
      server,
      [
        'start',
        '--config',
        configurationPath,
        '--port',
        String(ports[replica]),
        '--store',
        store,
        '--flows',
        flowFolder,
      ],
      join(folder, `server-${replica}.log`),
      { ...env, SIGNALBOX_REPLICA_NAME: `replica-${replica}` },
    )
    servers.set(replica, child)
    await untilReady(urls[replica] ?? '', child)
    ready.add(replica)
  }

  function startService(name: ServiceName): void {
    const child = startChild(
      join(flowFolder, 'services', `${name}.ts`),
      [
        ...(options.serviceArgs ?? ['--url', urls.join(','), '--lease-ms', '2000']),
        '--ledgers',
        ledgerFolder,
      ],
      join(folder, `${name}.log`),
    )
    services.set(name, child)
  }

  return {
    url: urls[0] ?? '',
    urls,
    storePath,
    ledgerFolder,
    startServer,
    killServer: async (replica = 0) => {
      ready.delete(replica)
      await servers.get(replica)?.kill()
    },
    isReady: (replica) => ready.has(replica),
    stopServer: async (replica = 0) => servers.get(replica)?.stop(),
    startService,
    killService: async (name) => services.get(name)?.kill(),
    startServices() {
      for (const name of serviceNames) startService(name)
    },
    async close() {
      await Promise.all([...services.values(), ...servers.values()].map((child) => child.kill()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function findFreePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>()
  while (ports.size < count) ports.add(await findFreePort())
  return [...ports]
}

async function untilReady(url: string, child: Child): Promise<void> {
  for (;;) {
    if (!child.isRunning()) throw new Error('expected Signalbox to start, found that it ended')
    const response = await fetch(`${url}/health/ready`).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok === true) return
    await delay(20)
  }
}
