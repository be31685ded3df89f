import { afterAll, describe, expect, test } from 'vitest'
import { describeWith } from '../infrastructure/ask-service.ts'
import { sharedKafka } from '../infrastructure/kafka/kafka-for-tests.ts'
import { openTopics } from '../infrastructure/kafka/topics.ts'
import { openChannel } from './open-channel.ts'

const kafka = await sharedKafka()
const slowMs = 60_000

describeWith(kafka, 'two replicas in one group', ({ brokers }) => {
  const topics = openTopics(brokers)
  afterAll(() => topics.close())

  describe('under one name', () => {
    test(
      'are told so, and not in every line of the log',
      async () => {
        const topic = await topics.create(1, 'events')
        const settings = { brokers, events: [topic], group: `g-${topic}`, member: 'blue' }
        const both = [await openChannel(settings), await openChannel(settings)]
        try {
          for (const { channel } of both) {
            await expect
              .poll(() => channel.trouble()?.detail, { timeout: slowMs / 2 })
              .toContain('expected each replica to have a name of its own (replica.name)')
          }
          const linesOf = both.map(({ logged }) =>
            logged.filter(({ message }) => message === 'the partitions to read are known'),
          )
          for (const lines of linesOf) expect(lines).toHaveLength(1)
        } finally {
          for (const { close } of both) await close()
        }
      },
      slowMs,
    )
  })
})
