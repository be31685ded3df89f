import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { commandOf } from '../../src/channel/contract/builders.ts'
import { describeWith } from '../infrastructure/ask-service.ts'
import { findFreePorts } from '../infrastructure/free-port.ts'
import { ownKafka } from '../infrastructure/kafka/kafka-for-tests.ts'
import { type KafkaGate, openKafkaGate } from '../infrastructure/kafka/kafka-gate.ts'
import type { Kafka } from '../infrastructure/kafka/start-kafka.ts'
import { openTopics } from '../infrastructure/kafka/topics.ts'
import { eventOf, openEventSender } from './event-sender.ts'
import { type ChannelSettings, openChannel, type OpenChannel, until } from './open-channel.ts'

const kafka = await ownKafka()
const slowMs = 90_000

describeWith(kafka, 'a Kafka channel in an outage', ({ start }) => {
  const closing: (() => Promise<void>)[] = []
  let gate: KafkaGate
  let broker: Kafka

  beforeAll(async () => {
    gate = await openKafkaGate()
    broker = await start({ advertisedPort: gate.port })
    gate.connectTo(broker.port)
  })
  afterEach(async () => {
    gate.onProduce(undefined)
    for (const close of closing.splice(0)) await close()
  })
  afterAll(async () => {
    await broker.stop()
    await gate.close()
  })

  async function open(settings: Partial<ChannelSettings>): Promise<OpenChannel> {
    const opened = await openChannel({ brokers: [`127.0.0.1:${gate.port}`], ...settings })
    closing.push(opened.close)
    return opened
  }

  async function createTopic(name?: string): Promise<string> {
    const topics = openTopics(broker.brokers)
    const topic = name ?? (await topics.create(3))
    if (name !== undefined) await topics.createNamed(name, 3)
    await topics.close()
    return topic
  }

  test('starts without brokers, says so, and reports each attempt', async () => {
    const [port = 0] = await findFreePorts(1)
    const brokers = [`127.0.0.1:${port}`]
    const { channel, host } = await open({ brokers, commands: 'commands', events: ['events'] })
    channel.deliver([commandOf('one', 1), commandOf('one', 2)])
    await host.reported(2)
    expect(host.reports).toMatchObject([
      { kind: 'failed', commandId: 'one:1', code: 'KAFKA_UNREACHABLE', retryable: true },
      { kind: 'failed', commandId: 'one:2', code: 'KAFKA_UNREACHABLE', retryable: true },
    ])
    expect(channel.trouble()?.detail).toContain(`127.0.0.1:${port}`)
    expect(channel.held()).toBe(0)
  })

  test('names the command that creates what is missing, and works once it is there', async () => {
    const commands = `commands-${randomUUID()}`
    const events = `events-${randomUUID()}`
    const sending = await open({ commands })
    const reading = await open({ events: [events] })
    for (const [{ channel }, topic] of [
      [sending, commands],
      [reading, events],
    ] as const) {
      await until(() => channel.trouble() !== undefined)
      expect(channel.trouble()?.detail).toMatch(
        new RegExp(`found none of that name; create with: .*--create --topic ${topic} --part`),
      )
    }
    sending.channel.deliver([commandOf('one', 1)])
    await sending.host.reported(1)
    expect(sending.host.reports).toMatchObject([{ code: 'KAFKA_UNKNOWN_TOPIC', retryable: true }])

    await createTopic(commands)
    await createTopic(events)
    const sender = openEventSender(broker.brokers, events)
    closing.push(sender.close)
    await sender.send([{ key: 'one', value: eventOf('E') }])
    await until(() => reading.host.events.length === 1)
    await until(() => sending.channel.trouble() === undefined)
    expect(reading.channel.trouble()).toBeUndefined()
  })

  test(
    'goes on by itself when the broker was killed: nothing is lost, nothing is out of order',
    async () => {
      const topic = await createTopic()
      const { channel, host } = await open({ commands: topic, events: [topic] })
      await until(() => host.reports.length === 0)
      const rounds = 40
      const executions = Array.from({ length: 25 }, (_, n) => `e${n}`)
      const attempts = new Map<string, number>()

      /** As the engine does: a failed attempt is due again, and holds the next ones up. */
      function deliver(execution: string, n: number): void {
        const attempt = (attempts.get(`${execution}:${n}`) ?? 0) + 1
        attempts.set(`${execution}:${n}`, attempt)
        channel.deliver([commandOf(execution, n, { attempt, command: `C${n}` })])
      }
      let seen = 0
      function answerReports(): void {
        for (const report of host.reports.slice(seen)) {
          seen += 1
          const [execution = '', n = ''] = report.commandId.split(':')
          if (report.kind === 'failed') deliver(execution, Number(n))
          else if (Number(n) < rounds) deliver(execution, Number(n) + 1)
        }
      }
      for (const execution of executions) deliver(execution, 1)
      await until(() => (answerReports(), seen > executions.length * 5))
      await broker.kill()
      await until(() => (answerReports(), channel.trouble() !== undefined))
      const restarted = broker.restart()
      const accepted = () => host.reports.filter(({ kind }) => kind === 'accepted').length
      await until(() => (answerReports(), accepted() === executions.length * rounds))
      await restarted
      const expected = Array.from({ length: rounds }, (_, n) => `C${n + 1}`)
      const namesOf = (execution: string): readonly string[] => [
        ...new Set(
          host.events.filter((event) => event.executionId === execution).map(({ event }) => event),
        ),
      ]
      await until(() => executions.every((execution) => namesOf(execution).length === rounds))
      for (const execution of executions) expect(namesOf(execution)).toEqual(expected)
      await until(() => channel.trouble() === undefined)
    },
    slowMs,
  )

  test('sends again, with the same id, what may have arrived', async () => {
    const topic = await createTopic()
    const { channel, host } = await open({ commands: topic, events: [topic] })
    // The broker takes messages for this partition: what is cut off below has been stored.
    channel.deliver([commandOf('one', 1)])
    await host.reported(1)
    let cuts = 1
    gate.onProduce((held) => {
      cuts -= 1
      if (cuts === 0) held.passAndCut()
      else held.pass()
    })
    channel.deliver([commandOf('one', 2)])
    await host.reported(2)
    expect(host.reports.at(-1)).toMatchObject({ kind: 'accepted', commandId: 'one:2' })
    await until(() => host.events.length >= 3)
    expect(host.events.map(({ messageId }) => messageId)).toEqual(['one:1', 'one:2', 'one:2'])
  })

  test('refuses one command that is too large, and none of those beside it', async () => {
    const topic = await createTopic()
    const { channel, host } = await open({ commands: topic })
    const data = { text: 'x'.repeat(1_200_000) }
    channel.deliver([commandOf('a', 1), commandOf('b', 1, { data }), commandOf('c', 1)])
    await host.reported(3)
    const byId = new Map(host.reports.map((report) => [report.commandId, report]))
    expect(byId.get('a:1')).toMatchObject({ kind: 'accepted' })
    expect(byId.get('b:1')).toMatchObject({
      kind: 'failed',
      code: 'KAFKA_MESSAGE_TOO_LARGE',
      retryable: false,
    })
    expect(byId.get('c:1')).toMatchObject({ kind: 'accepted' })
  })
})
