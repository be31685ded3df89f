import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { limits } from '../../src/kernel/limits.ts'
import { describeWith } from '../infrastructure/ask-service.ts'
import { sharedKafka } from '../infrastructure/kafka/kafka-for-tests.ts'
import { openTopics, type Topics } from '../infrastructure/kafka/topics.ts'
import { eventOf, type EventSender, openEventSender, type SentMessage } from './event-sender.ts'
import { type ChannelSettings, openChannel, type OpenChannel, until } from './open-channel.ts'

const kafka = await sharedKafka()

describeWith(kafka, 'events from Kafka', ({ brokers }) => {
  const topics: Topics = openTopics(brokers)
  const closing: (() => Promise<void>)[] = []
  let topic: string
  let sender: EventSender

  beforeEach(async () => {
    topic = await topics.create(3, 'events')
    sender = openEventSender(brokers, topic)
    closing.push(sender.close)
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  afterAll(() => topics.close())

  async function open(
    settings: Partial<ChannelSettings> = {},
    memory?: OpenChannel['memory'],
  ): Promise<OpenChannel> {
    const opened = await openChannel({ brokers, events: [topic], ...settings }, memory)
    closing.push(opened.close)
    return opened
  }

  test('arrive as they are, with where they came from', async () => {
    await sender.send([
      { key: 'one', value: eventOf('Weighed', { grams: 12 }), headers: { 'message-id': 'm-1' } },
      { key: 'one', value: '{"messageLabel":"Sent"}' },
      { key: 'one', value: '{"messageLabel":"Lost","messagePayload":null,"more":1}' },
    ])
    const { host } = await open()
    await until(() => host.events.length === 3)
    const origin = (position: number) => ({
      source: expect.stringMatching(new RegExp(`^shop:${topic}@[0-9a-f-]{36}/[0-2]$`)),
      position,
    })
    expect(host.events).toEqual([
      {
        executionId: 'one',
        event: 'Weighed',
        data: { grams: 12 },
        messageId: 'm-1',
        origin: origin(0),
      },
      { executionId: 'one', event: 'Sent', data: {}, origin: origin(1) },
      { executionId: 'one', event: 'Lost', data: {}, origin: origin(2) },
    ])
  })

  test('that their producer has taken back are passed over', async () => {
    const inOnePartition = (event: string): SentMessage => ({
      key: 'one',
      value: eventOf(event),
      partition: 0,
    })
    await sender.sendInTransaction([inOnePartition('Taken'), inOnePartition('TakenToo')], 'abort')
    await sender.sendInTransaction([inOnePartition('Meant')], 'commit')
    await sender.sendInTransaction([inOnePartition('TakenAgain')], 'abort')
    await sender.sendInTransaction([inOnePartition('Last')], 'commit')
    const { host } = await open()
    await until(() => host.events.some(({ event }) => event === 'Last'))
    expect(host.events.map(({ event }) => event)).toEqual(['Meant', 'Last'])
  })

  test('of one execution are passed on one after the other, of many side by side', async () => {
    const { host } = await open()
    host.hold()
    const executions = Array.from({ length: 50 }, (_, n) => `e${n}`)
    const events = ['First', 'Second', 'Third'].flatMap((event) =>
      executions.map((key) => ({ key, value: eventOf(event) })),
    )
    await sender.send(events)
    await until(() => host.pending() === executions.length)
    host.goOn()
    await until(() => host.events.length === events.length)
    for (const execution of executions) {
      const names = host.events.filter((event) => event.executionId === execution)
      expect(names.map(({ event }) => event)).toEqual(['First', 'Second', 'Third'])
    }
  })

  test('go on behind what was settled, not at the offset of the group', async () => {
    await sender.send(
      Array.from({ length: 9 }, (_, n) => ({ key: 'one', value: eventOf(`E${n}`) })),
    )
    const first = await open({ group: `group-${topic}` })
    await until(() => first.host.events.length === 9)
    await first.close()
    const [source = ''] = first.memory.positions.keys()
    expect(first.memory.positions.get(source)).toBe(8)
    expect((await topics.committed(`group-${topic}`, topic)).toSorted()).toContain(9n)

    // As after a crash before the place was saved: the group's offset is ahead of the store's.
    first.memory.positions.set(source, 5)
    const second = await open({ group: `group-${topic}` }, first.memory)
    await until(() => second.host.events.length >= 3)
    expect(second.host.events.map(({ event }) => event)).toEqual(['E6', 'E7', 'E8'])
  })

  test('are saved only up to the first that is not settled', async () => {
    const { host, memory } = await open()
    host.hold()
    await sender.send([{ key: 'one', value: eventOf('A'), partition: 0 }])
    await until(() => host.pending() === 1)
    // No event, so it is settled without the host.
    await sender.send([{ value: eventOf('B'), partition: 0 }])
    await until(() => memory.letters.length === 1)
    expect([...memory.positions.values()]).not.toContain(0)
    expect([...memory.positions.values()]).not.toContain(1)
    host.goOn()
    await until(() => [...memory.positions.values()].includes(1))
  })

  test('come again, all and in order, when the store was away', async () => {
    const { host, channel, memory } = await open()
    host.setAway(true)
    const sent = Array.from({ length: 30 }, (_, n) => ({
      key: `e${n % 3}`,
      value: eventOf(`E${n}`),
    }))
    await sender.send([...sent, { value: eventOf('Nobody') }])
    await until(() => channel.trouble() !== undefined)
    expect(channel.trouble()?.detail).toContain('the store is away')
    host.setAway(false)
    await until(() => host.events.length === 30 && memory.letters.length === 1)
    for (const execution of [0, 1, 2]) {
      const names = host.events.filter(({ executionId }) => executionId === `e${execution}`)
      const expected = sent.filter(({ key }) => key === `e${execution}`)
      expect(names.map(({ event }) => eventOf(event))).toEqual(expected.map(({ value }) => value))
    }
    await until(() => channel.trouble() === undefined)
  })

  test('are held back by the broker while too many are not settled', async () => {
    const { host } = await open()
    host.hold()
    const count = 2 * limits.kafkaPartitionMessages
    await sender.send(
      Array.from({ length: count }, (_, n) => ({
        key: `e${n}`,
        value: eventOf('E'),
        partition: 0,
      })),
    )
    await until(() => host.pending() === limits.kafkaPartitionMessages)
    await sender.send([{ key: 'other', value: eventOf('E'), partition: 1 }])
    await until(() => host.pending() === limits.kafkaPartitionMessages + 1)
    host.goOn()
    await until(() => host.events.length === count + 1)
    expect(new Set(host.events.map(({ executionId }) => executionId)).size).toBe(count + 1)
  })

  test('begin at the end where the channel is told so, and stay there', async () => {
    await sender.send([{ key: 'one', value: eventOf('Before') }])
    const first = await open({ startAt: 'latest' })
    await until(() => first.memory.positions.size === 3)
    await first.close()
    await sender.send([{ key: 'one', value: eventOf('Meanwhile') }])
    const second = await open({ startAt: 'latest' }, first.memory)
    await until(() => second.host.events.length > 0)
    expect(second.host.events.map(({ event }) => event)).toEqual(['Meanwhile'])
  })

  test('of several topics are all read', async () => {
    const other = await topics.create(2, 'more')
    const { host } = await open({ events: [topic, other] })
    const otherSender = openEventSender(brokers, other)
    closing.push(otherSender.close)
    await sender.send([{ key: 'one', value: eventOf('Here') }])
    await otherSender.send([{ key: 'one', value: eventOf('There') }])
    await until(() => host.events.length === 2)
    expect(host.events.map(({ event }) => event).toSorted()).toEqual(['Here', 'There'])
  })

  test('of executions that are unknown are dead letters, or of no interest', async () => {
    await sender.send([{ key: 'one', value: eventOf('E') }])
    const refusal = { kind: 'refused', code: 'EXECUTION_NOT_FOUND', detail: 'found none' } as const
    const strict = await open()
    strict.host.answerWith(() => refusal)
    await until(() => strict.memory.letters.length === 1)
    const tolerant = await open({ unknownExecutions: 'ignore', group: randomUUID() })
    tolerant.host.answerWith(() => refusal)
    await until(() => [...tolerant.memory.positions.values()].includes(0))
    expect(tolerant.memory.letters).toEqual([])
  })

  const depth = limits.jsonDepth
  const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`
  const poison: readonly [string, SentMessage, object][] = [
    ['no key', { value: eventOf('E') }, { code: 'EVENT_UNREADABLE', value: eventOf('E') }],
    ['an empty key', { key: '', value: eventOf('E') }, { code: 'EVENT_UNREADABLE' }],
    [
      'a key that is too long',
      { key: 'k'.repeat(limits.idCharacters + 1), value: eventOf('E') },
      { code: 'EVENT_UNREADABLE', detail: expect.stringContaining('found 201') },
    ],
    [
      'a key that is no text',
      { key: Buffer.from([0xff, 0xfe]), value: eventOf('E') },
      { code: 'EVENT_UNREADABLE', key: '//4=' },
    ],
    ['no value', { key: 'one' }, { code: 'EVENT_UNREADABLE', value: '' }],
    [
      'a value that is no text',
      { key: 'one', value: Buffer.from([0x7b, 0xff]) },
      { code: 'EVENT_UNREADABLE', value: 'e/8=', encoding: 'base64' },
    ],
    ['no JSON', { key: 'one', value: '{"messageLabel"' }, { code: 'JSON_INVALID' }],
    ['a list', { key: 'one', value: '[]' }, { code: 'EVENT_UNREADABLE' }],
    ['no label', { key: 'one', value: '{}' }, { code: 'EVENT_UNREADABLE' }],
    [
      'a number for a label',
      { key: 'one', value: '{"messageLabel":7}' },
      { code: 'EVENT_UNREADABLE' },
    ],
    [
      'a text for a payload',
      { key: 'one', value: eventOf('E', 'x') },
      { code: 'EVENT_UNREADABLE' },
    ],
    ['a list for a payload', { key: 'one', value: eventOf('E', []) }, { code: 'EVENT_UNREADABLE' }],
    [
      'a payload that is too deep',
      { key: 'one', value: `{"messageLabel":"E","messagePayload":{"list":${deep}}}` },
      { code: 'JSON_TOO_DEEP' },
    ],
    [
      'a payload that reaches the prototype',
      { key: 'one', value: '{"messageLabel":"E","messagePayload":{"__proto__":{}}}' },
      { code: 'EVENT_UNREADABLE' },
    ],
    [
      'a value that is too large',
      { key: 'one', value: eventOf('E', { text: 'x'.repeat(limits.payloadBytes) }) },
      { code: 'BODY_TOO_LARGE' },
    ],
    [
      'a message id that is too long',
      { key: 'one', value: eventOf('E'), headers: { 'message-id': 'm'.repeat(201) } },
      { code: 'EVENT_UNREADABLE' },
    ],
  ]

  test.each(poison)(
    'with %s is a dead letter, and the next one is read',
    async (_, message, letter) => {
      const { host, memory } = await open()
      await sender.send([
        { headers: { by: 'a test' }, ...message, partition: 0 },
        { key: 'one', value: eventOf('Next'), partition: 0 },
      ])
      await until(() => host.events.length === 1 && memory.letters.length === 1)
      expect(host.events).toMatchObject([{ event: 'Next', origin: { position: 1 } }])
      expect(memory.letters).toMatchObject([
        {
          position: 0,
          encoding: 'utf8',
          detail: expect.stringMatching(/^expected .+, found /),
          ...letter,
        },
      ])
      await until(() => [...memory.positions.values()].includes(1))
    },
  )
})
