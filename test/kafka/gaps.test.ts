import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { describeWith } from '../infrastructure/ask-service.ts'
import { sharedKafka } from '../infrastructure/kafka/kafka-for-tests.ts'
import { openTopics } from '../infrastructure/kafka/topics.ts'
import type { EventMemory } from './event-host.ts'
import { eventOf, openEventSender } from './event-sender.ts'
import { openChannel, type OpenChannel, until } from './open-channel.ts'

const kafka = await sharedKafka()

describeWith(kafka, 'what was not read before it was gone', ({ brokers }) => {
  const topics = openTopics(brokers)
  const closing: (() => Promise<void>)[] = []
  let topic: string

  beforeEach(async () => {
    topic = await topics.create(1, 'events')
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  afterAll(() => topics.close())

  async function send(...names: readonly string[]): Promise<void> {
    const sender = openEventSender(brokers, topic)
    await sender.send(names.map((name) => ({ key: 'one', value: eventOf(name) })))
    await sender.close()
  }

  async function open(memory?: EventMemory): Promise<OpenChannel> {
    const opened = await openChannel({ brokers, events: [topic] }, memory)
    closing.push(opened.close)
    return opened
  }

  const namesOf = ({ host }: OpenChannel): readonly string[] =>
    host.events.map(({ event }) => event)

  test('by retention is said aloud, with the numbers, and reading goes on', async () => {
    await send('A', 'B')
    const first = await open()
    await until(() => first.host.events.length === 2)
    await first.close()
    await send('C', 'D', 'E', 'F')
    await topics.deleteRecords(topic, 0, 5n)
    const second = await open(first.memory)
    await until(() => second.host.events.length === 1)
    expect(namesOf(second)).toEqual(['F'])
    expect(second.logged.filter(({ level }) => level === 'error')).toMatchObject([
      {
        fields: { expected: 2, found: 5, missing: 3 },
        message: 'messages were deleted before they were read: going on at the earliest',
      },
    ])
  })

  test('is nothing where the topic was made anew: it is another source, read from its beginning', async () => {
    await send('A', 'B', 'C')
    const first = await open()
    await until(() => first.host.events.length === 3)
    await first.close()
    await topics.remove(topic)
    await until(async () => !(await topics.known()).includes(topic))
    await topics.createNamed(topic, 1)
    await send('D')
    const second = await open(first.memory)
    await until(() => second.host.events.length === 1)
    expect(namesOf(second)).toEqual(['D'])
    expect(second.host.events[0]?.origin.position).toBe(0)
    expect(new Set([first, second].map(({ host }) => host.events[0]?.origin.source)).size).toBe(2)
    expect(second.logged.filter(({ level }) => level === 'error')).toMatchObject([
      { fields: { formerPosition: 2, position: 0 } },
    ])
  })

  test('is nothing where the topic is made anew while it is read', async () => {
    await send('A')
    const opened = await open()
    await until(() => opened.host.events.length === 1)
    await topics.remove(topic)
    await until(() => opened.channel.trouble() !== undefined)
    await topics.createNamed(topic, 1)
    await send('B')
    await until(() => opened.host.events.length === 2)
    expect(namesOf(opened)).toEqual(['A', 'B'])
    await until(() => opened.channel.trouble() === undefined)
  }, 60_000)

  test('is nothing where partitions are added while the topic is read', async () => {
    const opened = await open()
    await send('A')
    await until(() => opened.host.events.length === 1)
    await topics.addPartitions(topic, 4)
    const sender = openEventSender(brokers, topic)
    closing.push(sender.close)
    await sender.send([{ key: 'one', value: eventOf('B'), partition: 3 }])
    await until(() => opened.host.events.length === 2)
    expect(namesOf(opened)).toEqual(['A', 'B'])
  }, 60_000)
})
