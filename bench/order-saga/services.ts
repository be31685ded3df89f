import { createWorker } from '../../client/src/index.ts'
import { services } from './order-data.ts'

/** The three services in a process of their own, on the client library that every user has. */
const worker = createWorker({ url: process.argv[2] ?? '', channel: 'shop', maxInFlight: 256 })
for (const [command, answer] of Object.entries(services)) {
  worker.handle<{ orderId: string }>(command, ({ data }) => answer(data.orderId))
}
worker.start()

process.on('SIGTERM', async () => {
  await worker.stop({ graceMs: 2_000 })
  process.disconnect()
})
