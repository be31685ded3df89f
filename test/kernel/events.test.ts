import { describe, expect, test } from 'vitest'
import { limits } from '../../src/kernel/limits.ts'
import { tell, trip } from './scenario.ts'

const waiting = (extra: string, unexpected = 'ignore'): string => `
saga: letters
channel: post
unexpected: ${unexpected}
states:
  Open:
    on:
      First: Middle
${extra}
    after: { 1d: Lost }
  Middle:
    on: { Second: Done, Again: { stay: true } }
    after: { 1d: Lost }
  Done: { final: success }
  Lost: { final: failure }
`

describe('an event that the node expects', () => {
  test('an event moves the execution and carries its data into the state', () => {
    const story = tell(trip)
    story.event('HotelBooked', { hotel: 'Astoria' }, story.pending('BookHotel'))
    expect(story.execution()).toMatchObject({
      node: 'Flight',
      status: 'waiting',
      state: { orderId: 'o1', hotel: 'Astoria' },
      compensations: [{ node: 'Hotel', outcome: 'done', status: 'remembered' }],
    })
    expect(story.kinds()).toEqual([
      'event-applied',
      'compensation-remembered',
      'entered',
      'command-issued',
    ])
  })

  test('an event handled by staying neither enters the node again nor restarts its timers', () => {
    const story = tell(trip)
    story.event('HotelBooked')
    story.event('FlightBooked')
    const { timers, visits } = story.execution()
    story.event('Note', { note: 'window seat' })
    expect(story.kinds()).toEqual(['event-applied', 'stayed'])
    expect(story.execution()).toMatchObject({ timers, visits, state: { note: 'window seat' } })
  })

  test('the first transition whose guard holds is taken, and sets its values', () => {
    const story = tell(
      waiting(`      Offer:
        - { if: "event.data.price > 100", to: Lost }
        - { to: Middle, set: { price: "\${ event.data.price }", orderId: null }, as: agreed }`),
    )
    story.event('Offer', { price: 80 })
    expect(story.execution()).toMatchObject({ node: 'Middle', state: { price: 80 } })
    expect(story.execution().state).not.toHaveProperty('orderId')
    expect(
      story.facts.find((fact) => fact.kind === 'entered' && fact.milestone === 'agreed'),
    ).toBeDefined()
  })

  test('an event whose guards all fail is ignored', () => {
    const story = tell(waiting('      Offer: { if: "event.data.price < 0", to: Middle }'))
    story.event('Offer', { price: 80 })
    expect(story.last()).toMatchObject({ answer: { applied: false, reason: 'guarded' } })
    expect(story.execution()).toMatchObject({ node: 'Open', state: { orderId: 'o1' } })
  })

  test('an event that does not fit its schema is rejected without a trace but the rejection', () => {
    const story = tell(
      waiting(`      Offer:
        to: Middle
        validate: { type: object, required: [price], properties: { price: { type: number } } }`),
    )
    const decision = story.event('Offer', { price: 'much' })
    expect(decision).toMatchObject({ kind: 'rejected', code: 'EVENT_INVALID' })
    expect(story.kinds()).toEqual(['message-rejected'])
    expect(story.execution()).toMatchObject({ node: 'Open', state: { orderId: 'o1' } })
  })

  test('a guard that cannot be evaluated with the event rejects it', () => {
    const story = tell(waiting('      Offer: { if: "event.data.price < 10", to: Middle }'))
    expect(story.event('Offer', {})).toMatchObject({ kind: 'rejected', code: 'EVENT_INVALID' })
  })
})

describe('an event that the node does not expect', () => {
  test.each([
    ['ignore', 'Second', 'early'],
    ['ignore', 'Stranger', 'unknown'],
  ])('%s: %s is ignored as %s', (policy, event, reason) => {
    const story = tell(waiting('', policy))
    expect(story.event(event)).toMatchObject({ answer: { applied: false, reason } })
    expect(story.kinds()).toEqual(['event-ignored'])
  })

  test('an unexpected event is ignored, rejected or kept, as the flow says', () => {
    const ignoring = tell(waiting(''))
    ignoring.event('First')
    expect(ignoring.event('First')).toMatchObject({ answer: { applied: false, reason: 'late' } })

    const rejecting = tell(waiting('', 'reject'))
    expect(rejecting.event('Second')).toMatchObject({ code: 'EVENT_UNEXPECTED' })
    expect(rejecting.event('Stranger')).toMatchObject({ code: 'EVENT_UNEXPECTED' })

    const keeping = tell(waiting('', '{ keep: 1h }'))
    expect(keeping.event('Second', { n: 2 })).toMatchObject({ answer: { reason: 'kept' } })
    expect(keeping.event('Stranger')).toMatchObject({ answer: { reason: 'unknown' } })
    keeping.event('First', { n: 1 })
    expect(keeping.execution()).toMatchObject({ status: 'completed', state: { n: 2 }, kept: [] })
  })

  test('a kept event is dropped when its time is over', () => {
    const story = tell(waiting('', '{ keep: 1h }'))
    story.event('Second')
    story.wait(3_600_000)
    story.event('First')
    expect(story.execution()).toMatchObject({ node: 'Middle', kept: [] })
    expect(story.kinds()).toContain('event-released')
    expect(story.facts.at(-1)).toMatchObject({ kind: 'event-ignored', reason: 'expired' })
  })

  test('no more events are kept than the limit', () => {
    const story = tell(waiting('', '{ keep: 1h }'))
    for (let count = 0; count < limits.keptEvents; count += 1) story.event('Second')
    expect(story.execution().kept).toHaveLength(limits.keptEvents)
    expect(story.event('Second')).toMatchObject({ code: 'EVENTS_KEPT_LIMIT' })
  })

  test('notes are bounded: later ones are answered, not recorded', () => {
    const story = tell(waiting(''))
    for (let count = 0; count < limits.notesPerExecution; count += 1) story.event('Stranger')
    const { revision } = story.execution()
    expect(story.event('Stranger')).toMatchObject({ answer: { reason: 'unknown' } })
    expect(story.execution().revision).toBe(revision)
  })
})

describe('answers to commands', () => {
  test('a second answer to a command is late', () => {
    const story = tell(trip)
    const id = story.pending('BookHotel')
    story.event('HotelBooked', {}, id)
    expect(story.event('HotelBooked', {}, id)).toMatchObject({
      answer: { applied: false, reason: 'late' },
    })
    expect(story.execution().node).toBe('Flight')
  })

  test('an answer that the node does not expect settles the command all the same', () => {
    const story = tell(trip)
    story.event('Nonsense', {}, story.pending('BookHotel'))
    expect(story.execution()).toMatchObject({ node: 'Hotel', pending: [] })
    expect(story.last()).toMatchObject({ effects: [{ kind: 'close-command' }] })
  })

  test('an event for a finished execution is noted and changes nothing', () => {
    const story = tell(trip)
    story.event('HotelFull')
    const before = story.execution()
    expect(story.event('HotelBooked', { late: true })).toMatchObject({
      answer: { applied: false, reason: 'finished' },
    })
    const { revision, notes, updatedAt, ...rest } = story.execution()
    expect(before).toMatchObject(rest)
    expect({ revision, notes }).toEqual({ revision: before.revision + 1, notes: 1 })
    expect(updatedAt).toBeGreaterThanOrEqual(before.updatedAt)
  })
})

test('an answer that is ignored closes its command, however many were noted before', () => {
  const story = tell(trip)
  for (let n = 0; n < limits.notesPerExecution; n += 1) story.event('Stranger')
  const commandId = story.pending('BookHotel')
  story.event('Stranger', {}, commandId)
  expect(story.execution().pending).toEqual([])
  expect(story.last()).toMatchObject({ effects: [{ kind: 'close-command', commandId }] })
})

describe('how data enter the state', () => {
  test.each([
    ['shallow', { address: { zip: '1' }, name: 'Ada' }],
    ['deep', { address: { country: 'PT', zip: '1' }, name: 'Ada' }],
    ['none', { address: { country: 'PT' }, name: 'Ada' }],
  ])('merge: %s', (merge, state) => {
    const story = tell(`${waiting('')}\nmerge: ${merge}`, {
      address: { country: 'PT' },
      name: 'Ada',
    })
    story.event('First', { address: { zip: '1' } })
    expect(story.execution().state).toEqual(state)
  })

  test('data named __proto__ stay data', () => {
    const story = tell(waiting(''))
    story.event('First', JSON.parse('{"__proto__": {"polluted": true}}'))
    expect(Object.getPrototypeOf(story.execution().state)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('an event of an ordered log', () => {
  const origin = (position: number, source = 'shop:events/0') => ({ source, position })
  const read = (story: ReturnType<typeof tell>, event: string, position: number, source?: string) =>
    story.send({ kind: 'apply-event', event, data: {}, origin: origin(position, source) })

  test('an event that is read again is a duplicate', () => {
    const story = tell(waiting(''))
    expect(read(story, 'First', 7)).toMatchObject({ answer: { applied: true } })
    const before = story.execution()
    for (const position of [7, 3]) {
      expect(read(story, 'Second', position)).toMatchObject({
        kind: 'accepted',
        facts: [],
        answer: { applied: false, reason: 'duplicate' },
      })
    }
    expect(story.execution()).toEqual(before)
    expect(before.positions).toEqual({ 'shop:events/0': 7 })
  })

  test('logs are read independently of each other', () => {
    const story = tell(waiting(''))
    read(story, 'First', 7)
    expect(read(story, 'Second', 2, 'shop:events/1')).toMatchObject({ answer: { applied: true } })
    expect(story.execution().positions).toEqual({ 'shop:events/0': 7, 'shop:events/1': 2 })
  })

  test.each([
    ['ignored', 'ignore', 'event-ignored'],
    ['kept', '{ keep: 1h }', 'event-kept'],
    ['refused', 'reject', 'message-rejected'],
  ])('an event that is %s has been read as well', (_what, policy, fact) => {
    const story = tell(waiting('', policy))
    read(story, 'Second', 7)
    expect(story.kinds()).toEqual([fact])
    expect(story.execution().positions).toEqual({ 'shop:events/0': 7 })
    expect(read(story, 'Second', 7)).toMatchObject({ answer: { reason: 'duplicate' } })
  })
})
