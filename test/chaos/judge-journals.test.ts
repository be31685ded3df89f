import { expect, test } from 'vitest'
import type { Fact } from '../../src/kernel/model/fact.ts'
import { repeatsIn } from './judge-journals.ts'

const applied = { kind: 'event-applied', at: 1, event: 'Paid', data: {}, merge: 'shallow' } as const
const ignored = { kind: 'event-ignored', at: 2, event: 'Paid', data: {}, reason: 'late' } as const
const source = 'shop:t/0'

test.each<[string, readonly Fact[], readonly string[]]>([
  [
    'an event',
    [
      { ...applied, messageId: 'm1' },
      { ...applied, messageId: 'm1' },
    ],
    ['message m1 applied twice'],
  ],
  [
    'an answer to a command',
    [
      { ...applied, messageId: 'm1', commandId: 'e1:1' },
      { ...applied, messageId: 'm2', commandId: 'e1:1' },
    ],
    ['command e1:1 settled twice'],
  ],
  [
    'an acceptance of a command',
    [
      { kind: 'command-accepted', at: 1, id: 'e1:1' },
      { ...applied, messageId: 'm2', commandId: 'e1:1' },
    ],
    ['command e1:1 settled twice'],
  ],
  [
    'a place of a log',
    [
      { ...applied, messageId: 'm1', origin: { source, position: 7 } },
      { ...ignored, messageId: 'm2', origin: { source, position: 7 } },
    ],
    [`${source} 7 after 7`],
  ],
  [
    'a place of a log out of order',
    [
      { ...applied, messageId: 'm1', origin: { source, position: 8 } },
      { ...applied, messageId: 'm2', origin: { source, position: 7 } },
    ],
    [`${source} 7 after 8`],
  ],
])('%s that is there twice is found', (_what, facts, complaints) => {
  expect(repeatsIn(facts)).toEqual(complaints)
})

test('late answers are noted as often as they come', () => {
  const facts: readonly Fact[] = [
    { ...applied, messageId: 'm1', commandId: 'e1:1', origin: { source, position: 7 } },
    { ...ignored, messageId: 'm2', commandId: 'e1:1', origin: { source, position: 8 } },
    { ...applied, messageId: 'm3', commandId: 'e1:2', origin: { source: 'shop:t/1', position: 1 } },
  ]
  expect(repeatsIn(facts)).toEqual([])
})
