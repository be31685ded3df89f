import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Runtime, DefaultLogger, Worker } from '@temporalio/worker'
import type { ServiceAnswer } from '../../order-saga/order-data.ts'
import { serveOrders } from '../shop/order-server.ts'
import { postCommand } from '../shop/post-command.ts'

/** Each command is an activity: a post to the services, that Temporal retries and records. */
export type Activities = Readonly<
  Record<
    'CheckInventory' | 'ProcessPayment' | 'ArrangeShipment',
    (data: object) => Promise<ServiceAnswer>
  >
>

/** Worker and client in one process, as Temporal's own samples have it: fewer hops than apart. */
const [address = '', shopUrl = ''] = process.argv.slice(2)
const taskQueue = 'orders'
const activities: Activities = {
  CheckInventory: (data) => postCommand(shopUrl, 'CheckInventory', data),
  ProcessPayment: (data) => postCommand(shopUrl, 'ProcessPayment', data),
  ArrangeShipment: (data) => postCommand(shopUrl, 'ArrangeShipment', data),
}

// This process ends the worker itself, after the last order.
Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] })
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowsPath: fileURLToPath(new URL('order-workflow.ts', import.meta.url)),
  activities,
})
const running = worker.run()

const client = new Client({ connection: await Connection.connect({ address }) })
await serveOrders((input) =>
  client.workflow.execute('order', { workflowId: input.orderId, taskQueue, args: [input] }),
)
worker.shutdown()
await running
process.disconnect()
