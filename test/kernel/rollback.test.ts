import { describe, expect, test } from 'vitest'
import { tell, trip, type Story } from './scenario.ts'

function untilCar(): Story {
  const story = tell(trip)
  story.event('HotelBooked', {}, story.pending('BookHotel'))
  story.event('FlightBooked', {}, story.pending('BookFlight'))
  return story
}

describe('a rollback', () => {
  test('a rollback undoes in reverse order and enters its target', () => {
    const story = untilCar()
    story.event('CarGone', {}, story.pending('BookCar'))
    expect(story.execution()).toMatchObject({ status: 'compensating', node: 'Car' })
    story.event('FlightCancelled', {}, story.pending('CancelFlight'))
    expect(story.execution().status).toBe('compensating')
    story.send({ kind: 'accept-command', commandId: story.pending('CancelHotel') })
    expect(story.execution()).toMatchObject({
      status: 'rolled-back',
      node: 'Failed',
      outcome: { code: 'CarGone' },
      compensations: [{ status: 'undone' }, { status: 'undone' }],
    })
    expect(story.commands().slice(3)).toEqual(['CancelFlight', 'CancelHotel'])
  })

  test('the compensation with `done` waits for its event, not for the acceptance', () => {
    const story = untilCar()
    story.event('CarGone')
    story.send({ kind: 'accept-command', commandId: story.pending('CancelFlight') })
    expect(story.execution()).toMatchObject({
      status: 'compensating',
      rollback: { current: { accepted: true } },
    })
    story.event('FlightCancelled')
    expect(story.commands().at(-1)).toBe('CancelHotel')
  })

  test('what did not happen is not undone', () => {
    const story = tell(trip)
    story.event('HotelFull', {}, story.pending('BookHotel'))
    expect(story.execution()).toMatchObject({ status: 'failed', compensations: [] })
    expect(story.commands()).toEqual(['BookHotel'])
  })

  test('a node left by its timer is undone too, for its outcome is unknown', () => {
    const story = tell(trip)
    story.wait(10_000)
    expect(story.execution()).toMatchObject({
      status: 'compensating',
      compensations: [{ node: 'Hotel', outcome: 'unknown' }],
    })
    expect(story.commands()).toEqual(['BookHotel', 'CancelHotel'])
  })

  test('during a rollback other events are late', () => {
    const story = untilCar()
    story.event('CarGone')
    expect(story.event('CarBooked')).toMatchObject({ answer: { applied: false, reason: 'late' } })
    expect(story.execution().status).toBe('compensating')
  })

  test('the answer of a timed-out command is late, and recorded beside its compensation', () => {
    const story = tell(trip)
    const id = story.pending('BookHotel')
    story.wait(10_000)
    story.event('HotelBooked', { hotel: 'Astoria' }, id)
    expect(story.facts.at(-1)).toMatchObject({
      kind: 'event-ignored',
      reason: 'late',
      commandId: id,
    })
  })

  test('a visit is remembered once, although it was left twice', () => {
    const story = tell(`
saga: errand
channel: street
onFailure: incident
limits: { nodes: 1 }
states:
  Out:
    send: Go
    undo: Return
    on: { Gone: Further }
    after: { 1h: { rollback: Home } }
  Further: { on: { Back: Home } }
  Home: { final: failure }
`)
    story.event('Gone')
    expect(story.execution()).toMatchObject({ status: 'incident', compensations: [{ id: '1' }] })
    story.act({ kind: 'roll-back' })
    story.send({ kind: 'accept-command', commandId: story.pending('Return') })
    expect(story.execution().compensations).toMatchObject([{ id: '1', status: 'undone' }])
    expect(story.commands().filter((command) => command === 'Return')).toHaveLength(1)
  })

  test('without a target it ends as rolled back', () => {
    const story = tell(
      trip.replace('FlightFull: { rollback: Failed }', 'FlightFull: { rollback: true }'),
    )
    story.event('HotelBooked')
    story.event('FlightFull')
    story.send({ kind: 'accept-command', commandId: story.pending('CancelHotel') })
    expect(story.execution()).toMatchObject({ status: 'rolled-back', node: 'Flight' })
  })

  test('undo data are those of the time when it was remembered', () => {
    const story = tell(`
saga: seats
channel: hall
states:
  Take:
    send: TakeSeat
    undo: { send: FreeSeat, data: { seat: "\${ state.seat }" } }
    on: { Taken: Take, Enough: { rollback: Failed } }
    after: { 1h: { rollback: Failed } }
  Failed: { final: failure }
`)
    story.event('Taken', { seat: 'A1' })
    story.event('Taken', { seat: 'A2' })
    story.event('Enough')
    story.send({ kind: 'accept-command', commandId: story.pending('FreeSeat') })
    story.send({ kind: 'accept-command', commandId: story.pending('FreeSeat') })
    const freed = story.effects.flatMap((effect) =>
      effect.kind === 'send-command' && effect.command === 'FreeSeat' ? [effect.data] : [],
    )
    expect(freed).toEqual([{ seat: 'A2' }, { seat: 'A1' }])
    expect(story.execution().status).toBe('rolled-back')
  })
})

describe('a compensation that fails', () => {
  test('a compensation that keeps failing becomes an incident, and goes on when retried', () => {
    const story = untilCar()
    story.event('CarGone')
    story.event('FlightStays', {}, story.pending('CancelFlight'))
    expect(story.execution()).toMatchObject({ status: 'compensating', pending: [] })
    story.wait(1_000)
    story.event('FlightStays', {}, story.pending('CancelFlight'))
    expect(story.execution()).toMatchObject({
      status: 'incident',
      incident: { code: 'COMPENSATION_FAILED', subject: { kind: 'compensation' } },
    })
    story.act({ kind: 'retry' })
    expect(story.execution()).toMatchObject({ status: 'compensating' })
    story.event('FlightCancelled', {}, story.pending('CancelFlight'))
    story.send({ kind: 'accept-command', commandId: story.pending('CancelHotel') })
    expect(story.execution().status).toBe('rolled-back')
  })

  test('one attempt fails once: a second failure event before the retry is late', () => {
    const story = untilCar()
    story.event('CarGone')
    story.event('FlightStays')
    expect(story.event('FlightStays')).toMatchObject({ answer: { reason: 'late' } })
  })

  test('an undo without an answer within its time has failed', () => {
    const story = untilCar()
    story.event('CarGone')
    story.wait(30_000)
    expect(story.facts.findLast(({ kind }) => kind === 'compensation-failed')).toMatchObject({
      code: 'COMPENSATION_TIMEOUT',
    })
    story.wait(1_000)
    expect(story.commands().filter((command) => command === 'CancelFlight')).toHaveLength(2)
  })

  test('a late `done` resolves the incident', () => {
    const story = untilCar()
    story.event('CarGone')
    story.event('FlightStays')
    story.wait(1_000)
    story.event('FlightStays')
    expect(story.execution().status).toBe('incident')
    story.event('FlightCancelled')
    expect(story.execution()).toMatchObject({ status: 'compensating' })
    expect(story.commands().at(-1)).toBe('CancelHotel')
  })

  test('an operator can replace the data of an undo', () => {
    const story = untilCar()
    story.event('CarGone')
    story.event('FlightStays')
    story.wait(1_000)
    story.event('FlightStays')
    story.act({ kind: 'retry', data: { booking: 'B-2' } })
    expect(story.effects.at(-1)).toMatchObject({
      command: 'CancelFlight',
      data: { booking: 'B-2' },
    })
  })
})
