import { DBOS } from '@dbos-inc/dbos-sdk'
import type { OrderInput, ServiceAnswer } from '../../order-saga/order-data.ts'
import { serveOrders } from '../shop/order-server.ts'
import { postCommand } from '../shop/post-command.ts'

/**
 * The order saga as one would write it for DBOS: a library in the application's own process, which
 * keeps its records in PostgreSQL. There are two ways to send a command, and both are measured:
 *
 * - `steps`: the workflow posts the command to the service, in a step whose result is recorded.
 * - `queues`: the command is put into a durable queue; a workflow takes it from there, posts it, and
 *   sends the event back as a message that the saga waits for. This is the nearer relative of an
 *   outbox whose commands outlive the one who sent them.
 */
type Send = (command: string, data: object) => Promise<ServiceAnswer>

const [databaseUrl = '', shopUrl = '', style = 'steps', poolSize = '10'] = process.argv.slice(2)
const queueName = 'shop'

const byStep: Send = (command, data) =>
  DBOS.runStep(() => postCommand(shopUrl, command, data), { name: command })

const deliver = DBOS.registerWorkflow(
  async (saga: string, command: string, data: object) => {
    await DBOS.send(saga, await byStep(command, data), command)
  },
  { name: 'deliver' },
)

const byQueue: Send = async (command, data) => {
  await DBOS.startWorkflow(deliver, { queueName })(DBOS.workflowID ?? '', command, data)
  const answer = await DBOS.recv<ServiceAnswer>(command, { timeoutSeconds: 45 })
  if (answer === null) throw new Error(`Expected an answer to ${command}, found none in time.`)
  return answer
}

const send = style === 'queues' ? byQueue : byStep

const order = DBOS.registerWorkflow(
  async (input: OrderInput) => {
    let state: object = input
    const checked = await send('CheckInventory', state)
    if (checked.event !== 'InventoryCheckOK') return { status: 'failed', state }

    state = { ...state, ...checked.data }
    const paid = await send('ProcessPayment', state)
    if (paid.event !== 'PaymentOK') return { status: 'failed', state }

    state = { ...state, ...paid.data }
    const { orderId, address, items } = input
    const shipped = await send('ArrangeShipment', { orderId, address, items })
    if (shipped.event !== 'ShipmentOK') return { status: 'failed', state }

    return { status: 'completed', state: { ...state, ...shipped.data } }
  },
  { name: 'order' },
)

DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl: databaseUrl,
  systemDatabasePoolSize: Number(poolSize),
  logLevel: 'warn',
})
await DBOS.launch()
// As shipped a queue is looked at once a second, which a saga of three commands would feel.
if (style === 'queues') await DBOS.registerQueue(queueName, { minPollingIntervalMs: 5 })

await serveOrders(async (input) => {
  const handle = await DBOS.startWorkflow(order, { workflowID: input.orderId })(input)
  return await handle.getResult()
})
await DBOS.shutdown()
process.disconnect()
