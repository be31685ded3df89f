import { createWorker } from '../../../client/src/index.ts'
import { services } from '../order-data.ts'

/**
 * The three services in a process of their own, on the client library that every user has: a worker
 * for each server that is named.
 */
const urls = process.argv.slice(2)
const inFlightMax = 256
const workers = urls.map((url) =>
  createWorker({ url, channel: 'shop', maxInFlight: Math.ceil(inFlightMax / urls.length) }),
)
for (const worker of workers) {
  for (const [command, answer] of Object.entries(services)) {
    worker.handle<{ orderId: string }>(command, ({ data }) => answer(data.orderId))
  }
  worker.start()
}

process.on('SIGTERM', async () => {
  await Promise.all(workers.map((worker) => worker.stop({ graceMs: 2_000 })))
  process.disconnect()
})
