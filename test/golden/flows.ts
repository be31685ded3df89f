/** An order with everything that a saga can have on its way forward. */
export const parcel = `
saga: parcel
channel: shop
key: \${ input.orderId }
stages: { open: { title: Under way }, over: { title: Over } }
milestones: [Paid for]
state: { reminders: 0, tags: { fast: false } }
merge: deep
output: "\${ {'carrier': state.carrier} }"
unexpected: { keep: 10m }
states:
  Pay:
    stage: open
    set: { askedAt: "\${ now() }" }
    send: { command: Pay, data: { amount: "\${ state.amount }" } }
    also: [TellCustomer]
    undo: { send: Refund, data: { payment: "\${ event.data.payment }" } }
    on:
      Paid: { to: Choose, as: Paid for, set: { paid: true } }
      Reminded: { stay: true, set: { reminders: "\${ state.reminders + 1 }" } }
      Declined: { to: Failed, failed: true }
    after:
      10m: { stay: true, set: { late: true } }
      1h: { rollback: Failed }
  Choose:
    stage: open
    next: [{ to: Ship, if: state.amount < 1000 }, { to: Insure }]
  Insure:
    stage: open
    send: Insure
    next: Ship
    after: { 1h: { rollback: Failed } }
  Ship:
    stage: open
    send: Ship
    undo: CancelShipment
    on:
      Shipped: { to: Done, if: "event.data.carrier != ''" }
      Lost: { rollback: Failed, as: Paid for }
    after: { 1d: { rollback: Failed } }
  Done: { stage: over, send: ThankYou, final: success }
  Failed: { stage: over, final: failure }
`

/** Refuses what it does not expect. */
export const strict = `
saga: strict
channel: shop
unexpected: reject
merge: none
states:
  Review:
    on:
      Approved: { to: Done, validate: { type: object, required: [by] } }
      Refused: { rollback: true }
    after: { 3d: Done }
  Done: { final: success }
`

/** Divides by what it is given, and enters itself as often as it may. */
export const fragile = `
saga: fragile
channel: shop
onFailure: fail
limits: { nodes: 4 }
states:
  Count: { set: { share: "\${ 100 / state.people }" }, on: { Again: Count, Done: Over }, after: { 1h: Failed } }
  Over: { final: success }
  Failed: { final: failure }
`
