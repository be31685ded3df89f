import { describe, expect, test } from 'vitest'
import { type Story, tell, trip } from './scenario.ts'

function inFlight(): Story {
  const story = tell(trip)
  story.event('HotelBooked', {}, story.pending('BookHotel'))
  return story
}

describe('an operator', () => {
  test('retry sends an undeliverable command again with the same id', () => {
    const story = tell(`${trip}\nonFailure: incident`)
    const commandId = story.pending('BookHotel')
    story.send({ kind: 'fail-command', commandId, code: 'X', message: 'x', retryable: false })
    story.act({ kind: 'retry' })
    expect(story.last()).toMatchObject({
      effects: [{ kind: 'resend-command', commandId, attempt: 1 }],
    })
    expect(story.execution().status).toBe('waiting')
    expect(story.facts.at(-1)).toMatchObject({ act: { actor: 'ada', reason: 'because' } })
  })

  test('retry of a waiting node sends its command anew', () => {
    const story = inFlight()
    const first = story.pending('BookFlight')
    story.act({ kind: 'retry' })
    expect(story.pending('BookFlight')).not.toBe(first)
    expect(story.execution().compensations).toHaveLength(1)
  })

  test('skip gives up a compensation and the rollback goes on', () => {
    const story = inFlight()
    story.event('FlightBooked')
    story.event('CarGone')
    story.act({ kind: 'skip' })
    expect(story.execution().compensations).toMatchObject([
      { node: 'Hotel', status: 'remembered' },
      { node: 'Flight', status: 'skipped' },
    ])
    expect(story.commands().at(-1)).toBe('CancelHotel')
  })

  test('there is nothing to skip where only timers were waited for that have all fired', () => {
    const story = tell(`
saga: patience
onFailure: incident
states:
  Waiting: { after: { 1s: { if: "state.missing.much", to: Done } } }
  Done: { final: success }
`)
    story.wait(1_000)
    expect(story.execution()).toMatchObject({ status: 'incident', timers: [] })
    expect(story.act({ kind: 'skip' })).toMatchObject({ code: 'NOTHING_TO_SKIP', facts: [] })
    story.act({ kind: 'move', node: 'Done' })
    expect(story.execution().status).toBe('completed')
  })

  describe('when all is undone and the rollback cannot enter its target', () => {
    const stuck = (): Story => {
      const story = tell(`
saga: errand
channel: street
limits: { nodes: 1 }
onFailure: incident
states:
  Out: { send: Go, undo: Return, on: { Gone: Back, Rain: { rollback: Back } } }
  Back: { on: { Again: Out, Home: Home } }
  Home: { final: success }
`)
      story.send({ kind: 'roll-back', target: 'Back', actor: 'ada', reason: 'because' })
      const commandId = story.pending('Return')
      story.send({ kind: 'accept-command', commandId })
      expect(story.execution()).toMatchObject({ status: 'incident', rollback: { target: 'Back' } })
      return story
    }

    test('there is nothing to skip', () => {
      const story = stuck()
      expect(story.act({ kind: 'skip' })).toMatchObject({ code: 'NOTHING_TO_SKIP', facts: [] })
    })

    test('retry tries to enter it again', () => {
      const story = stuck()
      story.act({ kind: 'retry' })
      expect(story.kinds().at(0)).toBe('incident-resolved')
      expect(story.kinds().at(-1)).toBe('incident-raised')
      expect(story.execution().status).toBe('incident')
    })

    test('it can be moved elsewhere, and nothing is remembered twice', () => {
      const story = stuck()
      const { compensations } = story.execution()
      story.act({ kind: 'move', node: 'Home' })
      expect(story.execution().compensations).toEqual(compensations)
    })
  })

  test('a rollback of a running execution undoes the current node as well', () => {
    const story = inFlight()
    story.act({ kind: 'roll-back' })
    expect(story.execution().compensations).toMatchObject([
      { node: 'Hotel', outcome: 'done' },
      { node: 'Flight', outcome: 'unknown' },
    ])
    expect(story.commands().at(-1)).toBe('CancelFlight')
  })

  test('a completed execution can be rolled back', () => {
    const story = inFlight()
    story.event('FlightBooked')
    story.event('CarBooked')
    expect(story.execution().status).toBe('completed')
    story.act({ kind: 'roll-back' })
    expect(story.execution()).toMatchObject({ status: 'compensating' })
    expect(story.execution()).not.toHaveProperty('finishedAt')
    story.event('FlightCancelled')
    story.send({ kind: 'accept-command', commandId: story.pending('CancelHotel') })
    expect(story.execution().status).toBe('rolled-back')
    expect(story.act({ kind: 'roll-back' })).toMatchObject({ code: 'NOTHING_TO_ROLL_BACK' })
  })

  test('cancel withdraws what is pending and undoes nothing', () => {
    const story = inFlight()
    story.act({ kind: 'cancel' })
    expect(story.execution()).toMatchObject({
      status: 'cancelled',
      pending: [],
      timers: [],
      outcome: { code: 'CANCELLED', message: 'because' },
    })
    expect(story.commands()).toEqual(['BookHotel', 'BookFlight'])
  })

  test('events of a pause take effect at its end, in their order', () => {
    const story = tell(trip)
    story.act({ kind: 'pause' })
    expect(story.event('HotelBooked', { n: 1 }, story.pending('BookHotel'))).toMatchObject({
      answer: { applied: false, reason: 'kept' },
    })
    story.event('FlightBooked', { n: 2 })
    expect(story.execution()).toMatchObject({ status: 'paused', node: 'Hotel', pending: [] })
    story.act({ kind: 'resume' })
    expect(story.execution()).toMatchObject({ node: 'Car', status: 'waiting', state: { n: 2 } })
  })

  test('a timer sleeps during a pause', () => {
    const story = tell(trip)
    const timerId = story.execution().timers[0]?.id ?? ''
    story.act({ kind: 'pause' })
    expect(story.send({ kind: 'fire-timer', timerId })).toMatchObject({
      answer: { applied: false, reason: 'stale' },
    })
    story.act({ kind: 'resume' })
    story.wait(10_000)
    expect(story.execution().status).toBe('compensating')
  })

  test('a pause holds the next compensation, not the one under way', () => {
    const story = inFlight()
    story.event('FlightBooked')
    story.event('CarGone')
    story.act({ kind: 'pause' })
    story.event('FlightCancelled', {}, story.pending('CancelFlight'))
    expect(story.commands().at(-1)).toBe('CancelFlight')
    story.act({ kind: 'resume' })
    expect(story.commands().at(-1)).toBe('CancelHotel')
  })

  test('move enters a node and remembers what was left', () => {
    const story = inFlight()
    story.act({ kind: 'move', node: 'Car' })
    expect(story.execution()).toMatchObject({
      node: 'Car',
      compensations: [{ node: 'Hotel' }, { node: 'Flight', outcome: 'unknown' }],
    })
    expect(story.act({ kind: 'move', node: 'Nowhere' })).toMatchObject({ code: 'NODE_UNKNOWN' })
  })

  test.each([
    ['skip', 'NOTHING_TO_SKIP'],
    ['resume', 'NOT_PAUSED'],
  ] as const)('%s of a waiting execution is rejected with %s', (kind, code) => {
    expect(tell(trip).act({ kind })).toMatchObject({ kind: 'rejected', code, facts: [] })
  })
})
