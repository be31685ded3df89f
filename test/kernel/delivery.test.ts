import { describe, expect, test } from 'vitest'
import { parkedAt } from '../../src/kernel/model/effect.ts'
import { type Story, tell, trip } from './scenario.ts'

function fail(story: Story, command: string, retryable = true): void {
  story.send({
    kind: 'fail-command',
    commandId: story.pending(command),
    code: 'AWAY',
    message: 'nobody answers',
    retryable,
  })
}

function inCar(text = trip): Story {
  const story = tell(text)
  story.event('HotelBooked', {}, story.pending('BookHotel'))
  story.event('FlightBooked', {}, story.pending('BookFlight'))
  return story
}

describe('delivery', () => {
  test('a failed attempt is made again later, with the same id', () => {
    const story = inCar()
    const id = story.pending('BookCar')
    fail(story, 'BookCar')
    expect(story.last()).toMatchObject({
      effects: [{ kind: 'resend-command', commandId: id, attempt: 2 }],
    })
    expect(story.execution().pending).toMatchObject([{ id, attempt: 2 }])
  })

  test('the receiver’s wish to wait is honoured', () => {
    const story = inCar()
    const commandId = story.pending('BookCar')
    story.send({
      kind: 'fail-command',
      commandId,
      code: 'HTTP_503',
      message: 'busy',
      retryable: true,
      retryAfterMs: 60_000,
    })
    expect(story.effects.at(-1)).toMatchObject({ kind: 'resend-command', dueAt: 61_000 })
  })

  test('a command whose retries are used up fails the node', () => {
    const story = inCar()
    fail(story, 'BookCar')
    fail(story, 'BookCar')
    expect(story.kinds()).toContain('failed')
    expect(story.execution()).toMatchObject({
      status: 'compensating',
      rollback: { cause: { kind: 'failure', code: 'AWAY' } },
    })
    expect(story.commands().at(-1)).toBe('CancelFlight')
  })

  test('a failure for good is not retried', () => {
    const story = inCar()
    fail(story, 'BookCar', false)
    expect(story.execution().status).toBe('compensating')
  })

  test('onFailure: incident keeps the command for a person', () => {
    const story = inCar(`${trip}\nonFailure: incident`)
    const id = story.pending('BookCar')
    fail(story, 'BookCar', false)
    expect(story.execution()).toMatchObject({
      status: 'incident',
      incident: { code: 'AWAY', subject: { kind: 'command', commandId: id } },
    })
    expect(story.effects.at(-1)).toMatchObject({ kind: 'resend-command', dueAt: parkedAt })
    // The answer can still come by another way.
    story.event('CarBooked')
    expect(story.execution()).toMatchObject({ status: 'completed' })
    expect(story.execution()).not.toHaveProperty('incident')
  })

  test('leaving a node withdraws its pending command', () => {
    const story = tell(trip)
    const commandId = story.pending('BookHotel')
    story.event('HotelBooked')
    expect(story.last()).toMatchObject({
      effects: [{ kind: 'withdraw-command', commandId }, { kind: 'send-command' }],
    })
  })

  test('a side command that cannot be delivered is dropped', () => {
    const story = tell(trip.replace('send: BookHotel', 'send: BookHotel\n    also: [TellGuest]'))
    fail(story, 'TellGuest', false)
    expect(story.execution()).toMatchObject({ status: 'waiting', node: 'Hotel' })
    expect(story.execution().pending.map(({ command }) => command)).toEqual(['BookHotel'])
  })

  test('a final node still sends, and an undeliverable command becomes an incident beside the end', () => {
    const story = tell(
      trip.replace('Failed: { final: failure }', 'Failed: { final: failure, send: TellGuest }'),
    )
    story.event('HotelFull', {}, story.pending('BookHotel'))
    expect(story.execution()).toMatchObject({ status: 'failed' })
    fail(story, 'TellGuest', false)
    expect(story.execution()).toMatchObject({ status: 'failed', incident: { code: 'AWAY' } })
    story.act({ kind: 'retry' })
    story.send({ kind: 'accept-command', commandId: story.pending('TellGuest') })
    expect(story.execution()).toMatchObject({ status: 'failed', pending: [] })
    expect(story.execution()).not.toHaveProperty('incident')
  })

  test('a node with `next` goes on when its command is accepted', () => {
    const story = tell(
      `
saga: steps
channel: post
states:
  One: { send: Tell, next: [{ if: "state.n > 1", to: Big }, Small] }
  Big: { final: success }
  Small: { final: success }
`,
      { n: 2 },
    )
    expect(story.execution()).toMatchObject({ status: 'running', node: 'One' })
    story.send({ kind: 'accept-command', commandId: story.pending('Tell') })
    expect(story.execution()).toMatchObject({ status: 'completed', node: 'Big' })
  })

  test('data that cannot be made fail the node before anything is sent', () => {
    const story = tell(
      trip.replace(
        'send: BookHotel',
        'send: { command: BookHotel, data: { n: "${ state.missing.n }" } }',
      ),
    )
    expect(story.commands()).toEqual([])
    expect(story.execution()).toMatchObject({
      status: 'rolled-back',
      outcome: { code: 'EXPRESSION_FAILED' },
    })
  })
})

test('an answer that no event leads on from lets `next` be tried all the same', () => {
  const story = tell(`
saga: steps
channel: post
states:
  One: { send: Tell, next: Two }
  Two: { final: success }
`)
  story.event('Told', {}, story.pending('Tell'))
  expect(story.execution()).toMatchObject({ status: 'completed' })
})
