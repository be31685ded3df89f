import type { JsonObject } from '../../src/kernel/model/json.ts'
import { limits } from '../../src/kernel/limits.ts'
import { type Story, tell, trip } from '../kernel/scenario.ts'
import { fragile, parcel, strict } from './flows.ts'

/** Stories that are told to the kernel of the day, and recorded once and for ever. */
export const stories: Readonly<Record<string, () => Story>> = {
  'trip-completed': () => {
    const story = tell(trip)
    story.event('HotelBooked', { hotel: 'Miramar' }, story.pending('BookHotel'))
    accept(story, 'BookFlight')
    story.wait(5_000)
    story.event('FlightBooked', { seat: '12A', hotel: null })
    story.event('Note', { text: 'a window, please' })
    fail(story, 'BookCar', true)
    story.event('CarBooked', {}, story.pending('BookCar'))
    story.event('CarBooked')
    return story
  },
  'trip-read-from-logs': () => {
    const story = tell(`${trip}\nunexpected: { keep: 1h }`)
    const read = (event: string, data: JsonObject, position: number, partition = 0): void => {
      const origin = { source: `travel:events@1f/${partition}`, position }
      story.send({ kind: 'apply-event', event, data, origin })
    }
    read('FlightBooked', { seat: 'kept for later' }, 4, 1)
    read('HotelBooked', { hotel: 'Miramar' }, 17)
    read('HotelBooked', { hotel: 'read again' }, 17)
    read('CarGone', {}, 9, 1)
    read('Stranger', {}, 10, 1)
    read('FlightCancelled', {}, 21)
    accept(story, 'CancelHotel')
    read('HotelCancelled', {}, 22)
    return story
  },
  'trip-rolled-back': () => {
    const story = tell(trip)
    story.event('FlightBooked', { seat: 'not asked for yet' })
    story.event('HotelBooked', {}, story.pending('BookHotel'))
    story.event('FlightBooked', {}, story.pending('BookFlight'))
    story.event('CarGone', {}, story.pending('BookCar'))
    accept(story, 'CancelFlight')
    story.event('CarBooked')
    story.event('FlightCancelled', { fee: 20 })
    story.event('HotelCancelled', {}, story.pending('CancelHotel'))
    return story
  },
  'trip-without-an-answer': () => {
    const story = tell(trip)
    story.wait(10_000)
    story.event('HotelBooked', {}, 'e1:1')
    accept(story, 'CancelHotel')
    return story
  },
  'trip-whose-undo-keeps-failing': () => {
    const story = tell(trip)
    story.event('HotelBooked')
    story.event('FlightBooked')
    story.event('CarGone')
    story.event('FlightStays', { why: 'it has left' }, story.pending('CancelFlight'))
    story.wait(1_000)
    accept(story, 'CancelFlight')
    story.wait(30_000)
    story.act({ kind: 'retry', data: { seat: '12B' } })
    fail(story, 'CancelFlight', false)
    story.act({ kind: 'retry' })
    story.wait(31_000)
    story.act({ kind: 'skip' })
    fail(story, 'CancelHotel', false)
    story.act({ kind: 'skip' })
    return story
  },
  'trip-undeliverable': () => {
    const story = tell(`${trip}\nonFailure: incident`)
    fail(story, 'BookHotel', false)
    story.act({ kind: 'retry' })
    story.event('HotelBooked', {}, story.pending('BookHotel'))
    story.event('FlightBooked', {}, story.pending('BookFlight'))
    fail(story, 'BookCar', true)
    fail(story, 'BookCar', true)
    accept(story, 'BookCar')
    story.event('CarBooked')
    return story
  },
  'trip-given-up': () => {
    const story = tell(trip)
    story.event('HotelBooked', {}, story.pending('BookHotel'))
    fail(story, 'BookFlight', false)
    story.event('FlightCancelled', {}, story.pending('CancelFlight'))
    accept(story, 'CancelHotel')
    return story
  },
  'trip-paused': () => {
    const story = tell(trip)
    story.act({ kind: 'pause' })
    story.event('HotelBooked', {}, story.pending('BookHotel'))
    story.event('FlightFull')
    story.wait(60_000)
    story.act({ kind: 'resume' })
    story.act({ kind: 'pause' })
    accept(story, 'CancelHotel')
    story.act({ kind: 'resume' })
    return story
  },
  'trip-moved-and-cancelled': () => {
    const story = tell(trip)
    story.act({ kind: 'move', node: 'Car' })
    story.act({ kind: 'cancel' })
    return story
  },
  'trip-recalled': () => {
    const story = tell(trip)
    story.event('HotelBooked')
    story.event('FlightBooked')
    story.event('CarBooked')
    story.act({ kind: 'roll-back' })
    story.event('FlightCancelled', {}, story.pending('CancelFlight'))
    accept(story, 'CancelHotel')
    return story
  },
  'parcel-delivered': () => {
    const story = tell(parcel, { orderId: 'K-1', amount: 4_000, tags: { gift: true } })
    story.event('Shipped', { carrier: 'early' })
    fail(story, 'TellCustomer', false)
    story.event('Reminded', { tags: { loud: true } })
    story.wait(11 * 60_000)
    story.event('Shipped', { carrier: '' })
    story.event('Stranger')
    story.event('Paid', { payment: 'P-9' }, story.pending('Pay'))
    accept(story, 'Insure')
    story.event('Shipped', { carrier: 'Hermes' }, story.pending('Ship'))
    fail(story, 'ThankYou', false)
    story.act({ kind: 'retry' })
    accept(story, 'ThankYou')
    return story
  },
  'parcel-lost': () => {
    const story = tell(parcel, { orderId: 'K-2', amount: 10 })
    story.event('Paid', { payment: 'P-10' }, story.pending('Pay'))
    story.event('Lost', {}, story.pending('Ship'))
    accept(story, 'Refund')
    return story
  },
  'parcel-overwhelmed': () => {
    const story = tell(parcel, { orderId: 'K-3', amount: 10 })
    for (let n = 0; n <= limits.keptEvents; n += 1) story.event('Shipped', { carrier: `${n}` })
    story.event('Shipped', {}, story.pending('TellCustomer'))
    story.act({ kind: 'cancel' })
    return story
  },
  'review-refused': () => {
    const story = tell(strict)
    story.event('Stranger', { name: 'nobody' })
    story.event('Approved', { by_whom: 'no name' })
    story.event('Refused', { by: 'Bob' })
    return story
  },
  'fragile-broken': () => tell(fragile, { people: 0 }),
  'fragile-helped-on': () => {
    const story = tell(fragile.replace('onFailure: fail', 'onFailure: incident'), { people: 0 })
    story.act({ kind: 'move', node: 'Over' })
    return story
  },
  'fragile-worn-out': () => {
    const story = tell(fragile, { people: 3 })
    for (let n = 0; n < 5; n += 1) story.event('Again')
    return story
  },
}

function accept(story: Story, command: string): void {
  story.send({ kind: 'accept-command', commandId: story.pending(command) })
}

function fail(story: Story, command: string, retryable: boolean): void {
  story.send({
    kind: 'fail-command',
    commandId: story.pending(command),
    code: 'AWAY',
    message: 'nobody there',
    retryable,
  })
}
