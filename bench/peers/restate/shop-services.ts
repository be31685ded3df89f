import * as restate from '@restatedev/restate-sdk'
import { services } from '../../order-saga/order-data.ts'
import { serveHandlers } from './serve-handlers.ts'

/** The three services, each a Restate service with one handler. */
serveHandlers(
  Object.entries(services).map(([command, answer]) =>
    restate.service({
      name: command,
      handlers: {
        handle: (_context: restate.Context, data: { readonly orderId: string }) =>
          Promise.resolve(answer(data.orderId)),
      },
    }),
  ),
)
