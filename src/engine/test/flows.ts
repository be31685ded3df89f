/** Two steps, a failure that undoes the first, and timers. */
export const orderFlow = `saga: order
channel: shop
key: \${ input.orderId }
states:
  Reserve:
    send: Reserve
    undo: Release
    on: { Reserved: Pay, NothingLeft: { to: Failed, failed: true } }
    after: { 10s: { rollback: Failed } }
  Pay:
    send: Pay
    undo: Refund
    on: { Paid: Done, Declined: { rollback: Failed } }
    after: { 1h: { rollback: Failed } }
  Done: { final: success }
  Failed: { final: failure }
`

/** Waits for an event or a minute, again and again. */
export const clockFlow = `saga: clock
channel: shop
states:
  Ticking:
    on: { Stop: Stopped, Note: { stay: true } }
    after: { 1m: Rang }
  Rang: { on: { Stop: Stopped, Again: Ticking }, after: { 1000d: Stopped } }
  Stopped: { final: success }
`
