import { proxyActivities } from '@temporalio/workflow'
import type { OrderInput } from '../../order-saga/order-data.ts'
import type { Activities } from './application.ts'

/**
 * The order saga as one would write it for Temporal: a workflow whose three steps are activities. It
 * runs in Temporal's own sandbox, so it reaches the services only through them.
 */
const { CheckInventory, ProcessPayment, ArrangeShipment } = proxyActivities<Activities>({
  startToCloseTimeout: '30s',
})

export async function order(
  input: OrderInput,
): Promise<{ readonly status: string; readonly state: object }> {
  let state: object = input
  const checked = await CheckInventory(state)
  if (checked.event !== 'InventoryCheckOK') return { status: 'failed', state }

  state = { ...state, ...checked.data }
  const paid = await ProcessPayment(state)
  if (paid.event !== 'PaymentOK') return { status: 'failed', state }

  state = { ...state, ...paid.data }
  const { orderId, address, items } = input
  const shipped = await ArrangeShipment({ orderId, address, items })
  if (shipped.event !== 'ShipmentOK') return { status: 'failed', state }

  return { status: 'completed', state: { ...state, ...shipped.data } }
}
