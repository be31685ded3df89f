import { expect, test } from 'vitest'
import { isOfFormerTopic, isOfTopic, sourceOf } from './source-name.ts'

const now = { topic: 'events', topicId: 'b', partition: 1 }

test('a source names channel, topic, topic id and partition', () => {
  expect(sourceOf('shop', now)).toBe('shop:events@b/1')
  expect(sourceOf('shop', { topic: 'events', partition: 1 })).toBe('shop:events/1')
})

test.each([
  ['shop:events@a/1', true],
  ['shop:events@b/1', false],
  ['shop:events@a/11', false],
  ['shop:events@a/0', false],
  ['shop:more-events@a/1', false],
  ['other:events@a/1', false],
  ['shop:events/1', false],
])('%s is of the topic before: %s', (source, isFormer) => {
  expect(isOfFormerTopic(source, 'shop', now)).toBe(isFormer)
})

test.each([
  ['shop:events@b/0', true],
  ['shop:events@b/12', true],
  ['shop:events@a/0', false],
  ['shop:events@b/0/1', false],
  ['other:events@b/0', false],
])('%s is of the topic: %s', (source, isOf) => {
  expect(isOfTopic(source, 'shop', now)).toBe(isOf)
})
