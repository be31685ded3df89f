import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '@signalbox/client'
import { Client } from 'pg'
import {
  compareLedgersWithJournals,
  type Finding,
  type ServiceLedger,
} from '../../examples/order/audit/compare.ts'
import { readAuditInput } from '../../examples/order/audit/read.ts'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import { type Postgres, startPostgres } from '../infrastructure/postgres/start-postgres.ts'
import { type Judgement, judgeJournals } from './judge-journals.ts'
import { killReplicas } from './kill-replicas.ts'
import { openOrderShop, type OrderShop, type OrderShopOptions } from './order-shop.ts'
import { placeOverReplicas } from './place-over-replicas.ts'

const replicas = 3
/** A short one, so that others take over soon: a replica dies every second or two. */
const leaseMs = 3_000
const onTheWay = 200
const pauseMs = [1_000, 2_000] as const

export interface Run extends Pick<OrderShopOptions, 'serviceArgs'> {
  readonly orders: number
  /** How many of the replicas are killed in turn. */
  readonly killing: number
  readonly channels: object
  /** Commands that went out more than once, where the services do not see it themselves. */
  readonly countRepeats?: () => Promise<number>
  /** Spread evenly over the orders. */
  readonly accidents: readonly Accident[]
}

export interface Accident {
  readonly name: string
  readonly strike: (postgres: Postgres) => Promise<void>
}

/** What came of a run. */
export interface RunReport {
  readonly placed: readonly string[]
  readonly kills: number
  readonly judgement: Judgement
  readonly audit: readonly Finding[]
  readonly figures: Readonly<Record<string, string | number>>
}

/**
 * Three replicas on a PostgreSQL of their own, with the services of the order example, under orders
 * and accidents, until every order has ended.
 *
 * @param closing takes what has to be closed in the end, whatever happens
 */
export async function runReplicas(run: Run, closing: (() => Promise<void>)[]): Promise<RunReport> {
  const { orders: count, killing, channels, serviceArgs, accidents } = run
  const postgres = await startPostgres()
  closing.push(postgres.stop)
  const shop = await openOrderShop({
    replicas,
    store: postgres.url,
    configuration: { channels, replica: { leaseMs } },
    ...(serviceArgs === undefined ? {} : { serviceArgs }),
  })
  closing.push(shop.close)
  // The first one makes the tables and publishes the flow.
  for (let replica = 0; replica < replicas; replica += 1) await shop.startServer(replica)
  shop.startServices()

  const beganAt = performance.now()
  const losses = createLosses(postgres, shop)
  const orders = placeOverReplicas(shop.urls, { count, onTheWay })
  const kills = killReplicas(shop, { replicas: killing, pauseMs, onKill: losses.note })
  for (const [index, accident] of accidents.entries()) {
    await untilSome(orders.ended, (count * (index + 1)) / (accidents.length + 1), orders.done)
    await accident.strike(postgres)
  }
  await untilSome(orders.ended, count * 0.95, orders.done)
  await kills.end()
  await orders.done
  const durationMs = performance.now() - beganAt

  await untilNothingIsDue(postgres)
  const client = createClient({ url: shop.url })
  const input = await readAuditInput(client, shop.ledgerFolder)
  await losses.noteAll()
  for (let replica = 0; replica < replicas; replica += 1) await shop.stopServer(replica)
  return {
    placed: orders.placed,
    kills: kills.kills,
    judgement: await judge(postgres, orders.placed),
    audit: compareLedgersWithJournals(input),
    figures: {
      'orders placed again, with the same id': orders.repeats(),
      'commands delivered again': (await run.countRepeats?.()) ?? countRepeats(input.ledgersAfter),
      'replicas killed with kill -9': kills.kills,
      'commands that they left, taken over': losses.commands(),
      'conflicts between replicas': losses.conflicts(),
      'other accidents': accidents.map(({ name }) => name).join('; '),
      'duration in seconds': Math.round(durationMs / 1_000),
    },
  }
}

/** What killed replicas had claimed, and how often replicas met: read before it is gone. */
function createLosses(
  postgres: Postgres,
  shop: OrderShop,
): {
  note(replica: number): Promise<void>
  noteAll(): Promise<void>
  commands(): number
  conflicts(): number
} {
  let commands = 0
  let conflicts = 0
  const noteConflicts = async (replica: number): Promise<void> => {
    const response = await fetch(`${shop.urls[replica]}/metrics`).catch(() => undefined)
    const text = (await response?.text().catch(() => undefined)) ?? ''
    conflicts += Number(/^signalbox_\w*conflicts\w* (\d+)/m.exec(text)?.[1] ?? 0)
  }
  return {
    async note(replica) {
      await noteConflicts(replica)
      const rows = await ask<{ readonly commands: string }>(
        postgres,
        `SELECT count(*) AS commands FROM signalbox.outbox WHERE owner =
           (SELECT max(number) FROM signalbox.replicas WHERE name = $1)`,
        [`replica-${replica}`],
      )
      commands += Number(rows[0]?.commands ?? 0)
    },
    async noteAll() {
      for (let replica = 0; replica < replicas; replica += 1) await noteConflicts(replica)
    },
    commands: () => commands,
    conflicts: () => conflicts,
  }
}

/** Nothing when the store is away. */
async function ask<Row>(
  { url }: Postgres,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(text, [...values])).rows as Row[]
  } catch {
    return []
  } finally {
    await client.end().catch(() => {})
  }
}

async function untilSome(
  count: () => number,
  enough: number,
  done: Promise<unknown>,
): Promise<void> {
  const ticks = async (): Promise<void> => {
    while (count() < enough) await delay(20)
  }
  // An order that cannot be placed ends the run, with its reason.
  await Promise.race([ticks(), done])
}

/** Side commands and undo commands may still be on their way when their order has ended. */
async function untilNothingIsDue(postgres: Postgres): Promise<void> {
  for (;;) {
    const rows = await ask<{ readonly commands: string }>(
      postgres,
      'SELECT count(*) AS commands FROM signalbox.outbox',
    )
    if (rows[0]?.commands === '0') return
    await delay(50)
  }
}

async function judge(postgres: Postgres, ids: readonly string[]): Promise<Judgement> {
  const store = await openPostgresStore({ url: postgres.url })
  try {
    const judgement = await judgeJournals(store, ids)
    const unwakeable = await store.findUnwakeable(10)
    const letters = await store.listDeadLetters({ limit: 10 })
    return {
      ...judgement,
      complaints: [
        ...judgement.complaints,
        ...unwakeable.map((id) => `${id}: nothing could wake it`),
        ...(await store.outboxChannels()).map((channel) => `${channel}: has commands left`),
        ...letters.map(({ code, detail }) => `dead letter: ${code} ${detail}`),
      ],
    }
  } finally {
    await store.close()
  }
}

function countRepeats(ledgers: readonly ServiceLedger[]): number {
  return ledgers.flatMap(({ entries }) => entries).filter(({ deed }) => deed === 'repeated').length
}

/** Prints the tables that say what happened. */
export function printReport({ judgement, audit, figures }: RunReport): void {
  const { byStatus, commands, events, complaints } = judgement
  const orders = Object.entries(byStatus).map(([status, count]) => [`orders ${status}`, count])
  console.table(
    Object.fromEntries([
      ...orders,
      ['commands issued', commands],
      ['events applied', events],
      ...Object.entries(figures),
      ['complaints', complaints.length],
    ]),
  )
  console.table(
    audit.map(({ rule, checked, disagreements }) => ({
      rule,
      checked,
      disagree: disagreements.length,
    })),
  )
}
