import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { KafkaSasl, KafkaTls } from '../../src/channel/kafka/options.ts'
import { commandOf } from '../../src/channel/contract/builders.ts'
import { describeWith } from '../infrastructure/ask-service.ts'
import { createCertificate } from '../infrastructure/kafka/certificate.ts'
import { ownKafka } from '../infrastructure/kafka/kafka-for-tests.ts'
import type { Kafka } from '../infrastructure/kafka/start-kafka.ts'
import { openTopics } from '../infrastructure/kafka/topics.ts'
import { type ChannelSettings, openChannel, type OpenChannel, until } from './open-channel.ts'

const kafka = await ownKafka()
const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const

describeWith(kafka, 'a secured broker', ({ start }) => {
  const closing: (() => Promise<void>)[] = []
  let broker: Kafka
  let topic: string

  beforeAll(async () => {
    broker = await start({ secured: true })
    const topics = openTopics(broker.brokers)
    topic = await topics.create()
    await topics.close()
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  afterAll(() => broker.stop())

  function secured(): NonNullable<Kafka['secured']> {
    if (broker.secured === undefined) throw new Error('expected a secured broker')
    return broker.secured
  }

  const saslOf = (mechanism: KafkaSasl['mechanism'], password?: string): KafkaSasl => ({
    mechanism,
    ...secured().security.user,
    ...(password === undefined ? {} : { password }),
  })
  const trusted = (): KafkaTls => ({ ca: secured().security.server.cert })

  async function open(settings: ChannelSettings): Promise<OpenChannel> {
    const opened = await openChannel({ commands: topic, events: [topic], ...settings })
    closing.push(opened.close)
    return opened
  }

  /** A command goes out, and comes back as an event. */
  async function expectRoundTrip({ channel, host }: OpenChannel): Promise<void> {
    const id = crypto.randomUUID()
    channel.deliver([commandOf(id, 1)])
    await until(() => host.events.some(({ executionId }) => executionId === id))
    expect(host.reports.at(-1)).toMatchObject({ kind: 'accepted' })
  }

  async function expectTrouble(settings: ChannelSettings, trouble: RegExp): Promise<void> {
    const { channel, host } = await open(settings)
    channel.deliver([commandOf('one', 1)])
    await host.reported(1)
    expect(host.reports).toMatchObject([{ kind: 'failed', retryable: true }])
    await until(() => channel.trouble() !== undefined)
    expect(channel.trouble()?.detail).toMatch(trouble)
  }

  test.each(mechanisms)('takes %s', async (mechanism) => {
    await expectRoundTrip(await open({ brokers: secured().sasl, sasl: saslOf(mechanism) }))
  })

  test.each(mechanisms)('refuses %s with a wrong password', async (mechanism) => {
    const sasl = saslOf(mechanism, 'guessed')
    await expectTrouble({ brokers: secured().sasl, sasl }, /uthentication failed|nvalid/)
  })

  test('takes TLS with a certificate of ones own', async () => {
    const { cert, key } = secured().security.client
    await expectRoundTrip(await open({ brokers: secured().tls, tls: { ...trusted(), cert, key } }))
  })

  test('refuses TLS with the certificate of somebody else', async () => {
    const tls = { ...trusted(), ...createCertificate('stranger') }
    await expectTrouble({ brokers: secured().tls, tls }, /certificate|alert|closed|ECONNRESET/i)
  })

  test('takes SASL over TLS', async () => {
    const brokers = secured().saslTls
    await expectRoundTrip(await open({ brokers, tls: trusted(), sasl: saslOf('scram-sha-512') }))
  })

  test('is not believed without an authority that vouches for it', async () => {
    const brokers = secured().saslTls
    await expectTrouble({ brokers, tls: {}, sasl: saslOf('plain') }, /self-signed/)
  })

  test('is not talked to in plain text', async () => {
    await expectTrouble({ brokers: secured().saslTls }, /TLS|closed|timed out/)
  })
})
