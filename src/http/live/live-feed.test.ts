import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ExecutionChange } from '../../engine/engine.ts'
import { createLiveFeed, type LiveFeed, type LiveFilter } from './live-feed.ts'

let tell: (change: ExecutionChange) => void
let feed: LiveFeed

beforeEach(() => {
  vi.useFakeTimers()
  feed = createLiveFeed({
    epoch: 'now',
    flushMs: 100,
    heartbeatMs: 1_000,
    ringChanges: 4,
    streamsMax: 2,
    engine: {
      subscribe: (listener) => {
        tell = listener
        return () => {}
      },
    },
  })
})

afterEach(() => {
  feed.close()
  vi.useRealTimers()
})

function changed(id: string, revision: number, more: Partial<ExecutionChange> = {}): void {
  tell({
    execution: {
      id,
      flow: id.startsWith('other') ? 'other' : 'order',
      version: 1,
      kind: 'saga',
      status: 'waiting',
      node: 'A',
      input: {},
      state: { large: 'data' },
      startedAt: 0,
      updatedAt: revision,
      revision,
      visits: 1,
      visited: ['A'],
      commandsIssued: 0,
      pending: [],
      timers: [],
      compensations: [],
      rolledBack: false,
      kept: [],
      notes: 0,
    },
    facts: [],
    isElsewhere: false,
    created: false,
    finished: false,
    incidentChanged: false,
    ...more,
  })
}

interface Reader {
  readonly events: {
    event: string
    id: string
    data: { execution?: { id: string; revision: number } }
  }[]
  ended: boolean
  slow: boolean
  close: (() => void) | undefined
}

function read(filter: LiveFilter = {}, lastEventId?: string): Reader {
  const reader: Reader = { events: [], ended: false, slow: false, close: undefined }
  reader.close = feed.open(filter, lastEventId, {
    write: (text) => {
      for (const block of text.split('\n\n')) {
        const event = /^event: (.*)$/m.exec(block)?.[1]
        const id = /^id: (.*)$/m.exec(block)?.[1]
        const data = /^data: (.*)$/m.exec(block)?.[1]
        if (event !== undefined) {
          reader.events.push({ event, id: id ?? '', data: JSON.parse(data ?? '{}') })
        }
      }
      return !reader.slow
    },
    end: () => {
      reader.ended = true
    },
  })
  return reader
}

const heard = (reader: Reader): unknown[] =>
  reader.events.map(({ event, data }) =>
    event === 'execution' ? [data.execution?.id, data.execution?.revision] : event,
  )

test('tells changes, several of one execution as one', () => {
  const reader = read()
  changed('a', 1, { created: true })
  changed('b', 1)
  changed('a', 2, { finished: true })
  vi.advanceTimersByTime(100)
  expect(heard(reader)).toEqual(['hello', ['b', 1], ['a', 2]])
  expect(reader.events[2]?.data).toMatchObject({ created: true, finished: true })
  expect(JSON.stringify(reader.events)).not.toContain('large')
})

test('tells a reader what it asked for', () => {
  const ofFlow = read({ flow: 'other' })
  const ofExecution = read({ execution: 'b' })
  changed('a', 1)
  changed('b', 1)
  changed('other-c', 1)
  vi.advanceTimersByTime(100)
  expect(heard(ofFlow)).toEqual(['hello', ['other-c', 1]])
  expect(heard(ofExecution)).toEqual(['hello', ['b', 1]])
})

test('a reader that comes back hears what it missed, once', () => {
  const first = read()
  changed('a', 1)
  vi.advanceTimersByTime(100)
  const lastId = first.events.at(-1)?.id
  first.close?.()
  changed('a', 2)
  changed('b', 1)
  const second = read({}, lastId)
  changed('c', 1)
  vi.advanceTimersByTime(100)
  expect(heard(second)).toEqual([
    ['a', 2],
    ['b', 1],
    ['c', 1],
  ])
})

test('a reader that comes back as another joins does not hear anything twice', () => {
  const stays = read()
  changed('a', 1)
  const joins = read({}, 'now.0')
  vi.advanceTimersByTime(100)
  expect(heard(stays)).toEqual(['hello', ['a', 1]])
  expect(heard(joins)).toEqual([['a', 1]])
})

test.each([['before.3'], ['now.99'], ['nonsense'], ['now.-1'], ['now.x']])(
  'who comes back with %s is told to read everything again',
  (lastEventId) => {
    changed('a', 1)
    expect(heard(read({}, lastEventId))).toEqual(['reset'])
  },
)

test('what fell out of the ring is not known any more', () => {
  for (let revision = 1; revision <= 5; revision += 1) changed('a', revision)
  expect(heard(read({}, 'now.0'))).toEqual(['reset'])
  expect(heard(read({}, 'now.1'))).toEqual([['a', 5]])
})

test('a slow reader is dropped', () => {
  const slow = read()
  const quick = read()
  slow.slow = true
  changed('a', 1)
  vi.advanceTimersByTime(100)
  expect([slow.ended, quick.ended, feed.streams()]).toEqual([true, false, 1])
})

test('there are only so many streams', () => {
  read()
  read()
  expect(read().close).toBeUndefined()
})

test('closing ends the streams', () => {
  const reader = read()
  feed.close()
  expect([reader.ended, feed.streams()]).toEqual([true, 0])
})
