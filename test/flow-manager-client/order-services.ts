import { type FlowManagerClient, FMClientBuilder } from '@mia-platform/flow-manager-client'
import { pino } from 'pino'
import { type Order, testCards, unknownCity } from '../../examples/order/order.ts'

/** One line of what a service did, and what it said of it. */
export interface Deed {
  readonly service: string
  readonly execution: string
  readonly command: string
  readonly deed: 'done' | 'undone' | 'refused' | 'nothing'
  readonly event?: string
}

export interface OrderServices {
  readonly ledger: readonly Deed[]
  /** The executions for which a service has done something and not undone it. */
  holds(service: string, execution: string): boolean
  stop(): Promise<void>
}

export interface OrderServicesOptions {
  readonly brokers: readonly string[]
  readonly commands: string
  readonly events: string
  readonly groupPrefix: string
}

interface Answer {
  readonly deed: Deed['deed']
  readonly event?: string
  readonly metadata?: Record<string, unknown>
}

type Commands = Readonly<Record<string, (execution: string, order: Order) => Answer>>

/**
 * The three services of the order saga as Flow Manager's users write them, with its published client
 * library: each is a consumer group of its own, is told the saga's id, and emits events.
 */
export async function startOrderServices(options: OrderServicesOptions): Promise<OrderServices> {
  const ledger: Deed[] = []
  const clients: FlowManagerClient[] = []

  const last = (service: string, execution: string): Deed | undefined =>
    ledger.findLast((one) => one.service === service && one.execution === execution)
  const holds = (service: string, execution: string): boolean =>
    last(service, execution)?.deed === 'done'

  async function start(service: string, commands: Commands): Promise<void> {
    const client = new FMClientBuilder(pino({ level: 'silent' }), {
      clientId: `${service}-client`,
      brokers: options.brokers.join(','),
    })
      .configureCommandsExecutor(options.commands, { groupId: `${options.groupPrefix}${service}` })
      .configureEventsEmitter(options.events)
      .build()
    for (const [command, carryOut] of Object.entries(commands)) {
      client.onCommand<Order>(command, async (execution, order, emit) => {
        const { deed, event, metadata } = carryOut(execution, order)
        ledger.push({
          service,
          execution,
          command,
          deed,
          ...(event === undefined ? {} : { event }),
        })
        if (event !== undefined) await emit(event, metadata)
      })
    }
    clients.push(client)
    await client.start()
  }

  const undo =
    (service: string, event?: string) =>
    (execution: string): Answer => ({
      deed: holds(service, execution) ? 'undone' : 'nothing',
      ...(event === undefined ? {} : { event }),
    })

  await Promise.all([
    start('inventory', {
      CheckInventory: (_, { items, orderId }) =>
        items.some(({ quantity }) => quantity > 1_000)
          ? { deed: 'refused', event: 'InventoryCheckKO', metadata: { reason: 'not enough' } }
          : { deed: 'done', event: 'InventoryCheckOK', metadata: { reservation: `R-${orderId}` } },
      ReleaseInventory: undo('inventory'),
    }),
    start('payment', {
      ProcessPayment: (_, { card, orderId }) =>
        card === testCards.declined
          ? { deed: 'refused', event: 'PaymentKO', metadata: { reason: 'declined' } }
          : { deed: 'done', event: 'PaymentOK', metadata: { payment: `P-${orderId}` } },
      RefundPayment: undo('payment', 'PaymentRefunded'),
    }),
    start('shipment', {
      ArrangeShipment: (_, { city, orderId }) =>
        city === unknownCity
          ? { deed: 'refused', event: 'ShipmentKO', metadata: { reason: `no way to ${city}` } }
          : { deed: 'done', event: 'ShipmentOK', metadata: { parcel: `S-${orderId}` } },
      CancelShipment: undo('shipment'),
    }),
  ])

  return {
    ledger,
    holds,
    stop: async () => {
      await Promise.all(clients.map((client) => client.stop()))
    },
  }
}
