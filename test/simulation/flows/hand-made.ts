import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SimFlow } from './sim-flow.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const orderText = readFileSync(join(root, 'examples', 'order', 'order.flow.yaml'), 'utf8')

/** The order saga of the examples: business keys are unique, and payments are undone in two steps. */
const order: SimFlow = {
  id: 'order',
  text: (version) => `${orderText}\ntags: [version-${version}]\n`,
  input: (number) => ({
    orderId: `K${number % 5}`,
    customer: 'Ada',
    card: '4000',
    city: 'Turin',
    items: [{ sku: 'tea', quantity: 1 }],
    amount: 700 + number,
  }),
  answers: {
    CheckInventory: ['InventoryCheckOK', 'InventoryCheckKO'],
    ProcessPayment: ['PaymentOK', 'PaymentKO'],
    ArrangeShipment: ['ShipmentOK', 'ShipmentKO'],
    RefundPayment: ['PaymentRefunded', 'RefundFailed'],
  },
  events: [
    'InventoryCheckOK',
    'PaymentOK',
    'ShipmentOK',
    'PaymentRefunded',
    'PaymentKO',
    'Stranger',
  ],
  nodes: ['OrderCreated', 'InventoryChecked', 'PaymentProcessed', 'OrderShipped', 'Nowhere'],
}

/** Keeps early events, sends beside, and has short timers and quick retries. */
const parcel: SimFlow = {
  id: 'parcel',
  text: (version) => `
saga: parcel
tags: [version-${version}]
channel: yard
state: { reminders: 0 }
merge: deep
unexpected: { keep: 20s }
retry: { attempts: 3, interval: 300ms, backoff: 2, jitter: 0.5 }
states:
  Pay:
    set: { askedAt: "\${ now() }" }
    send: Pay
    also: [TellCustomer, CountParcel]
    undo: { send: Refund, data: { n: "\${ state.n }" }, done: Refunded, failed: NotRefunded, within: 4s, retry: { attempts: 3, interval: 200ms } }
    on:
      Paid: Ship
      Reminded: { stay: true, set: { reminders: "\${ state.reminders + 1 }" } }
      Declined: { to: Failed, failed: true }
    after: { 2s: { stay: true, set: { late: true } }, 15s: { rollback: Failed } }
  Ship:
    send: Ship
    also: [TellCustomer]
    undo: CancelShipment
    on: { Shipped: Check, Lost: { rollback: Failed } }
    after: { 8s: { rollback: Failed } }
  Check:
    send: Check
    next: [{ to: Done, if: state.n != 3 }, { rollback: true }]
    after: { 10s: { rollback: Failed } }
  Done: { send: ThankYou, also: [CountParcel], final: success }
  Failed: { send: Apologize, final: failure }
`,
  input: (number) => ({ n: number % 7 }),
  answers: {
    Pay: ['Paid', 'Declined'],
    Ship: ['Shipped', 'Lost'],
    Refund: ['Refunded', 'NotRefunded'],
  },
  events: ['Paid', 'Shipped', 'Reminded', 'Refunded', 'Lost', 'Stranger'],
  nodes: ['Pay', 'Ship', 'Check', 'Done', 'Nowhere'],
}

/** Over the log: what is undone there, and events that come when nobody waits for them. */
const letter: SimFlow = {
  id: 'letter',
  text: (version) => `
saga: letter
tags: [version-${version}]
channel: post
unexpected: { keep: 30s }
states:
  Write:
    send: Write
    also: [CountLetter]
    undo: Burn
    on: { Written: Stamp, NotWritten: { to: Failed, failed: true } }
    after: { 20s: { rollback: Failed } }
  Stamp:
    send: Stamp
    undo: { send: Unstamp, done: Unstamped, failed: StillStamped, within: 5s, retry: { attempts: 4, interval: 500ms } }
    on: { Stamped: Post, NoStamps: { rollback: Failed } }
    after: { 20s: { rollback: Failed } }
  Post:
    send: Post
    undo: none
    on: { Posted: Done, Returned: { rollback: Failed }, Written: { stay: true } }
    after: { 20s: { rollback: Failed } }
  Done: { send: CountLetter, final: success }
  Failed: { send: CountLetter, final: failure }
`,
  input: (number) => ({ number }),
  answers: {
    Write: ['Written', 'NotWritten'],
    Stamp: ['Stamped', 'NoStamps'],
    Unstamp: ['Unstamped', 'StillStamped'],
    Post: ['Posted', 'Returned'],
  },
  events: ['Written', 'Stamped', 'Posted', 'Unstamped', 'NoStamps', 'Stranger'],
  nodes: ['Write', 'Stamp', 'Post', 'Done', 'Nowhere'],
}

/** Timers again and again, and no commands at all. */
const ticking: SimFlow = {
  id: 'ticking',
  text: (version) => `
saga: ticking
tags: [version-${version}]
channel: yard
unexpected: reject
onFailure: fail
limits: { nodes: 9 }
states:
  Tick: { on: { Stop: Stopped, Note: { stay: true } }, after: { 700ms: Tock } }
  Tock: { on: { Stop: Stopped, Back: Tick }, after: { 1300ms: Tick } }
  Stopped: { final: success }
  Worn: { final: failure }
`,
  input: (number) => ({ number }),
  answers: {},
  events: ['Stop', 'Note', 'Back', 'Stranger'],
  nodes: ['Tick', 'Tock', 'Worn', 'Nowhere'],
}

export const handMadeFlows: readonly SimFlow[] = [order, parcel, letter, ticking]
