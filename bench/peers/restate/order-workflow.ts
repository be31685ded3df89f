import * as restate from '@restatedev/restate-sdk'
import { Pool } from 'undici'
import type { OrderInput, ServiceAnswer } from '../../order-saga/order-data.ts'
import { serveHandlers } from './serve-handlers.ts'

/**
 * The order saga as one would write it for Restate: a workflow, keyed by the order's id, that calls
 * the three services and keeps the order's state. It runs in a process of its own, as Restate wants
 * it; the server drives it. There are two ways to call a service, and both are measured:
 *
 * - `calls`: the service is a Restate service too. The command is a durable invocation that the server
 *   delivers, and retries, by itself; its answer comes back through the server.
 * - `steps`: the service is any HTTP server. The workflow posts the command to it, in a step whose
 *   result the server journals; a retry is a retry of the step.
 */
type Send = (
  context: restate.WorkflowContext,
  command: string,
  data: object,
) => Promise<ServiceAnswer>

interface ShopService {
  readonly handle: (context: restate.Context, data: unknown) => Promise<ServiceAnswer>
}

const byCall: Send = (context, command, data) => {
  const service: restate.ServiceDefinition<string, ShopService> = { name: command }
  return context.serviceClient(service).handle(data)
}

const shopUrl = process.argv[2]
const shop = shopUrl === undefined ? undefined : new Pool(shopUrl)
const byStep: Send = (context, command, data) =>
  context.run(command, async () => {
    if (shop === undefined) throw new restate.TerminalError('Expected the URL of the services.')
    const body = JSON.stringify(data)
    const answer = await shop.request({ method: 'POST', path: `/${command}`, body })
    return (await answer.body.json()) as ServiceAnswer
  })

const send = shop === undefined ? byCall : byStep

const order = restate.workflow({
  name: 'order',
  handlers: {
    run: async (context: restate.WorkflowContext, input: OrderInput) => {
      let state: object = input
      const enter = (node: string, data: object) => {
        state = { ...state, ...data }
        context.set('order', { node, state })
      }
      enter('OrderCreated', {})
      const checked = await send(context, 'CheckInventory', state)
      if (checked.event !== 'InventoryCheckOK') return { status: 'failed', state }

      enter('InventoryChecked', checked.data)
      const paid = await send(context, 'ProcessPayment', state)
      if (paid.event !== 'PaymentOK') return { status: 'failed', state }

      enter('PaymentProcessed', paid.data)
      const { orderId, address, items } = input
      const shipped = await send(context, 'ArrangeShipment', { orderId, address, items })
      if (shipped.event !== 'ShipmentOK') return { status: 'failed', state }

      enter('OrderShipped', shipped.data)
      return { status: 'completed', state }
    },
  },
})

serveHandlers([order])
