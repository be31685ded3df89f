import { createQueueChannel } from '../../channel/queue/queue-channel.ts'
import { createEngine } from '../../engine/create-engine.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Log } from '../../engine/log.ts'
import { openMemoryStore } from '../../store/memory/memory-store.ts'
import type { Store } from '../../store/store.ts'
import type { Authentication } from '../auth/authentication.ts'
import { createHttpServer, type HttpServer } from '../server.ts'

/** A real server around a real engine on the memory store, on a free port once it listens. */
export interface TestServer {
  readonly http: HttpServer
  readonly engine: Engine
  readonly store: Store
  /** What was logged as an error. */
  readonly errors: readonly { readonly fields: object; readonly message: string }[]
  close(): Promise<void>
}

export async function startTestServer(
  options: { readonly auth?: Authentication; readonly version?: string } = {},
): Promise<TestServer> {
  const store = await openMemoryStore()
  const engine = createEngine({
    store,
    channels: [],
    createQueue: (name) => createQueueChannel({ name }),
  })
  await engine.start()
  const errors: { fields: object; message: string }[] = []
  const log: Log = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields, message) => errors.push({ fields, message }),
  }
  const http = await createHttpServer({
    engine,
    store,
    version: options.version ?? '0.0.0-test',
    auth: options.auth ?? { mode: 'off' },
    host: '127.0.0.1',
    port: 0,
    log,
  })
  return {
    http,
    engine,
    store,
    errors,
    close: async () => {
      await http.close()
      await engine.stop(1_000)
      await store.close()
    },
  }
}

/** The order saga of the tests: three commands, failures at each, two compensations. */
export const orderFlow = `saga: order
title: Order
channel: shop
key: \${ input.orderId }
secrets: [card.number]
search: [customer]
stages: { open: { title: Open }, done: { title: Done }, lost: { title: Lost } }
states:
  OrderCreated:
    stage: open
    send: CheckInventory
    undo: ReleaseInventory
    on:
      InventoryCheckOK: InventoryChecked
      InventoryCheckKO: OrderFailed
    after: { 1h: { rollback: OrderFailed } }
  InventoryChecked:
    stage: open
    send: ProcessPayment
    undo: RefundPayment
    on:
      PaymentOK: PaymentProcessed
      PaymentKO: { rollback: OrderFailed }
    after: { 1h: { rollback: OrderFailed } }
  PaymentProcessed:
    stage: open
    send: { command: ArrangeShipment, data: { items: "\${ state.items }" } }
    on:
      ShipmentOK: OrderShipped
      ShipmentKO: { rollback: OrderFailed }
    after: { 1h: { rollback: OrderFailed } }
  OrderShipped: { stage: done, final: success }
  OrderFailed: { stage: lost, final: failure }
`
