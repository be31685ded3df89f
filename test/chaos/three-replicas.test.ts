import { afterEach, expect, test } from 'vitest'
import { describeWith } from '../infrastructure/ask-service.ts'
import { ownKafka } from '../infrastructure/kafka/kafka-for-tests.ts'
import { openTopics } from '../infrastructure/kafka/topics.ts'
import { countRepeatsInTopic } from './count-deliveries.ts'
import { printReport, type RunReport, runReplicas } from './replica-run.ts'

const kafkaOrders = Number(process.env['SIGNALBOX_CHAOS_ORDERS'] ?? 5_000)
const queueOrders = Math.ceil(kafkaOrders / 5)
const timeout = 900_000

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

describeWith(await ownKafka(), 'three replicas over Kafka', ({ start }) => {
  test(`end ${kafkaOrders} orders while replicas, broker and store die`, { timeout }, async () => {
    const kafka = await start()
    closing.push(kafka.stop)
    const topics = openTopics(kafka.brokers)
    const commands = 'order-commands'
    const events = 'order-events'
    await topics.createNamed(commands, 6)
    await topics.createNamed(events, 6)
    await topics.close()
    const shop = {
      type: 'kafka',
      brokers: kafka.brokers,
      commands,
      events: [events],
    }
    const report = await runReplicas(
      {
        orders: kafkaOrders,
        killing: 3,
        channels: { shop },
        serviceArgs: [
          '--kafka',
          kafka.brokers.join(','),
          '--commands',
          commands,
          '--events',
          events,
        ],
        countRepeats: () => countRepeatsInTopic(kafka.brokers, commands),
        accidents: [
          { name: 'broker stopped and started', strike: () => kafka.restart() },
          {
            name: 'PostgreSQL killed and started',
            strike: async (postgres) => {
              await postgres.kill()
              await postgres.restart()
            },
          },
        ],
      },
      closing,
    )
    expectNothingLost(report, kafkaOrders)
  })
})

test(
  `three replicas with workers end ${queueOrders} orders while two die`,
  { timeout },
  async () => {
    const report = await runReplicas(
      {
        orders: queueOrders,
        killing: 2,
        channels: {},
        accidents: [
          { name: 'PostgreSQL stopped and started', strike: (postgres) => postgres.restart() },
        ],
      },
      closing,
    )
    expectNothingLost(report, queueOrders)
  },
)

function expectNothingLost(report: RunReport, orders: number): void {
  printReport(report)
  expect(report.placed).toHaveLength(orders)
  expect(report.judgement.complaints.slice(0, 20)).toEqual([])
  expect(report.audit.flatMap(({ disagreements }) => disagreements).slice(0, 20)).toEqual([])
  expect(report.audit.every(({ checked }) => checked > 0)).toBe(true)
  expect(report.kills).toBeGreaterThan(2)
}
