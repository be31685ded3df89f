/** The shipments: has parcels fetched by a carrier, and calls the carrier off. */
import { event } from '@signalbox/client'
import { type Order, unknownCity } from '../order.ts'
import type { Outcome } from './ledger.ts'
import { runService } from './service.ts'

type Parcel = Pick<Order, 'orderId' | 'city' | 'items'>

runService('shipment', ({ worker, ledger }) => {
  worker
    .handle<Parcel>('ArrangeShipment', (command) =>
      ledger.once(command, () => {
        const { orderId, city, items } = command.data
        if (city === unknownCity) return refusal(`no carrier goes to ${city}`)
        if (ledger.has(command.execution, 'undone'))
          return refusal('the order was given up already')
        const parcel = `S-${orderId}`
        return {
          deed: 'done',
          what: { parcel, city, items },
          answer: event('ShipmentOK', { parcel }),
        }
      }),
    )
    .handle<Parcel>('CancelShipment', (command) =>
      ledger.once(command, () => {
        if (!ledger.has(command.execution, 'done')) return { deed: 'nothing' }
        return { deed: 'undone', what: { parcel: `S-${command.data.orderId}` } }
      }),
    )
})

function refusal(reason: string): Outcome {
  return { deed: 'refused', what: reason, answer: event('ShipmentKO', { reason }) }
}
