/**
 * What `npm start` runs: Signalbox on SQLite, three services as processes of their own, and orders
 * that keep coming, some of them failing. Ends on Ctrl-C, in order.
 */
import { join } from 'node:path'
import { createClient } from '@signalbox/client'
import { generateOrders } from './generate-orders.ts'
import type { Display } from './runner/display.ts'
import { type Flags, readFlags, usage } from './runner/flags.ts'
import { openDisplay } from './runner/open-display.ts'
import { openKafka } from './runner/open-kafka.ts'
import { placeOrders } from './runner/place-orders.ts'
import { countsLine, type View } from './runner/render.ts'
import { describeDeath, type Server, startServer, stopServer } from './runner/server.ts'
import { serviceNames } from './runner/service-names.ts'
import { createServices, type KafkaServices } from './runner/services.ts'
import { createOrderWatch, type OrderCounts, type OrderWatch } from './runner/watch-orders.ts'

const refreshMs = 500
const newsKept = 3
const exitCodes = { ok: 0, failed: 1, usage: 2 } as const

let flags: Flags
try {
  flags = readFlags(process.argv.slice(2), process.env)
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  console.error('`npm start -- --help` lists the flags.')
  process.exit(exitCodes.usage)
}
if (flags.help) {
  console.log(usage)
  process.exit(exitCodes.ok)
}
process.exit(await runShop(flags))

/** Runs until it is told to stop, or the server dies; gives the exit code. */
async function runShop(flags: Flags): Promise<number> {
  const logFolder = join(flags.ledgerFolder, '..', 'logs')
  const ending = new AbortController()
  let failure: string | undefined
  const end = (why?: string): void => {
    failure ??= why
    ending.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end())

  const sayWhy = (error: unknown): void => {
    console.error(error instanceof Error ? error.message : String(error))
  }
  const kafka = await kafkaOf(flags).catch(sayWhy)
  if (kafka === undefined) return exitCodes.failed
  console.log('Starting Signalbox …')
  const server = await startServer({
    flowFolder: import.meta.dirname,
    flags: [...kafka.serverFlags, ...flags.serverFlags],
    env: kafka.serverEnv,
    logFolder,
    signal: ending.signal,
  }).catch(sayWhy)
  if (server === undefined) {
    await kafka.stop()
    return exitCodes.failed
  }
  void watchServer(server, ending.signal, logFolder).then(end)

  const news: string[] = []
  const tell = (text: string): void => {
    news.push(text)
    if (news.length > newsKept) news.shift()
    display.news(text)
  }
  const services = createServices({
    url: server.url,
    ledgerFolder: flags.ledgerFolder,
    logFolder,
    onNews: tell,
    ...(kafka.services === undefined ? {} : { kafka: kafka.services }),
  })
  const display = openDisplay(server, services, tell, end)
  const client = createClient({ url: server.url, actor: 'shop' })
  let endedOrders = 0
  const watch = createOrderWatch(client, (story) => {
    endedOrders += 1
    display.orderEnded(story)
    if (endedOrders >= flags.orders) end()
  })
  await watch.refresh()
  const endedEarlier = endedOf(watch.counts())
  for (const name of serviceNames) if (!flags.without.includes(name)) services.start(name)

  const startedAtMs = Date.now()
  const view = (): View => ({
    url: server.url,
    serverPid: server.child.pid,
    startedAtMs,
    nowMs: Date.now(),
    counts: watch.counts(),
    endedEarlier,
    services: services.list(),
    latest: watch.latest(),
    news,
    auditCommand: auditCommand(flags, server),
    logFolder,
  })
  const placing = placeOrders({
    client,
    orders: generateOrders(flags.seed, runPrefix()),
    ordersPerSecond: flags.ordersPerSecond,
    ordersMax: flags.orders,
    underWay: () => watch.counts().underWay,
    signal: ending.signal,
    onNews: tell,
  })
  await showUntilEnd(display, watch, view, ending.signal)

  display.close()
  if (failure !== undefined) console.error(`${failure}\n`)
  console.log(
    failure === undefined
      ? 'Stopping: services first, then Signalbox …'
      : 'Stopping the services …',
  )
  await placing
  await services.stopAll()
  await stopServer(server)
  await kafka.stop()
  console.log(countsLine(watch.counts(), (_, text) => text))
  return failure === undefined ? exitCodes.ok : exitCodes.failed
}

interface KafkaOfRun {
  readonly serverFlags: readonly string[]
  readonly serverEnv: Readonly<Record<string, string>>
  readonly services?: KafkaServices
  stop(): Promise<void>
}

/** What server and services need for a run over Kafka; nothing for one over the queue. */
async function kafkaOf({ kafkaBrokers, ledgerFolder }: Flags): Promise<KafkaOfRun> {
  if (kafkaBrokers === undefined) return { serverFlags: [], serverEnv: {}, stop: async () => {} }
  const { brokers, stop } = await openKafka({
    brokers: kafkaBrokers,
    folder: join(ledgerFolder, '..', 'kafka'),
    say: (text) => console.log(text),
  })
  return {
    serverFlags: ['--config', join(import.meta.dirname, 'signalbox.kafka.yaml')],
    serverEnv: { SIGNALBOX_KAFKA_BROKERS: brokers.join(',') },
    services: { brokers },
    stop,
  }
}

function endedOf({ delivered, rolledBack, failed }: OrderCounts): number {
  return delivered + rolledBack + failed
}

async function showUntilEnd(
  display: Display,
  watch: OrderWatch,
  view: () => View,
  signal: AbortSignal,
): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
  while (!signal.aborted) {
    await Promise.race([watch.refresh(), ended])
    display.show(view())
    const tick = Promise.withResolvers<void>()
    const timer = setTimeout(tick.resolve, refreshMs)
    await Promise.race([tick.promise, ended])
    clearTimeout(timer)
  }
}

/** Fulfilled when the server has died of itself, with what to say about it. */
async function watchServer(
  server: Server,
  signal: AbortSignal,
  logFolder: string,
): Promise<string | undefined> {
  const how = await server.child.ended
  return signal.aborted ? undefined : describeDeath(how, server, logFolder)
}

function auditCommand({ ledgerFolder }: Flags, { url }: Server): string {
  const usual = ledgerFolder === join('.signalbox', 'ledgers')
  const flags = usual ? '' : ` --ledgers ${ledgerFolder}`
  const server = url === 'http://127.0.0.1:7700' ? '' : ` --url ${url}`
  return `npx node examples/order/audit.ts${server}${flags}`
}

/** Two runs on the same store have orders of different names. */
function runPrefix(): string {
  return Math.floor(Date.now() / 1_000)
    .toString(36)
    .toUpperCase()
}
