import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
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

/** Signalbox on SQLite and the three services of the order example, each a process. */
export interface OrderShop {
  readonly url: string
  readonly storePath: string
  readonly ledgerFolder: string
  startServer(): Promise<void>
  killServer(): Promise<void>
  stopServer(): Promise<void>
  startService(name: ServiceName): void
  killService(name: ServiceName): Promise<void>
  startServices(): void
  /** Ends every process and removes the folder. */
  close(): Promise<void>
}

export async function openOrderShop(): Promise<OrderShop> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-chaos-'))
  const storePath = join(folder, 'signalbox.db')
  const ledgerFolder = join(folder, 'ledgers')
  mkdirSync(ledgerFolder)
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  const services = new Map<ServiceName, Child>()
  let serverChild: Child | undefined

  async function startServer(): Promise<void> {
    const child = startChild(
      server,
      ['start', '--port', String(port), '--store', `sqlite:${storePath}`, '--flows', flowFolder],
      join(folder, 'server.log'),
    )
    serverChild = child
    await untilReady(url, child)
  }

  function startService(name: ServiceName): void {
    const child = startChild(
      join(flowFolder, 'services', `${name}.ts`),
      ['--url', url, '--ledgers', ledgerFolder, '--lease-ms', '2000'],
      join(folder, `${name}.log`),
    )
    services.set(name, child)
  }

  return {
    url,
    storePath,
    ledgerFolder,
    startServer,
    killServer: async () => serverChild?.kill(),
    stopServer: async () => serverChild?.stop(),
    startService,
    killService: async (name) => services.get(name)?.kill(),
    startServices() {
      for (const name of serviceNames) startService(name)
    },
    async close() {
      await Promise.all([...services.values()].map((child) => child.kill()))
      await serverChild?.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
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
