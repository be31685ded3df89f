import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Pool } from 'undici'
import { createQueueChannel } from '../src/channel/queue/queue-channel.ts'
import { createEngine } from '../src/engine/create-engine.ts'
import { createHttpServer } from '../src/http/server.ts'
import { openMemoryStore } from '../src/store/memory/memory-store.ts'

/**
 * What one request costs the server's thread, without a disk: `node bench/http.ts [seconds]`. The
 * driver has a thread of its own, so the figure is the server's CPU time alone, and comparing two
 * versions needs no quiet machine. With `--cpu-prof`, `bench/top-functions.ts` shows where it goes.
 */
const concurrency = 64

const flow = `saga: bench
channel: bench
states:
  A: { send: Do, on: { Done: B }, after: { 1h: B } }
  B: { final: success }
`

const input = {
  orderId: 'order-4711',
  customer: 'customer-42',
  items: [{ sku: 'book-1', quantity: 1, price: 1290 }],
  address: { street: 'Example Street 1', city: 'Example City' },
}

interface Case {
  readonly name: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
}

const start = JSON.stringify({ flow: 'bench', input })
const cases: readonly Case[] = [
  { name: 'GET /health/live', method: 'GET', path: '/health/live' },
  {
    name: 'lease, nothing there',
    method: 'POST',
    path: '/api/channels/idle/lease',
    body: JSON.stringify({ worker: 'w', max: 10 }),
  },
  {
    name: 'result of a settled command',
    method: 'POST',
    path: '/api/channels/idle/results',
    body: JSON.stringify({ results: [{ id: 'x:1', event: 'Done', data: input }] }),
  },
  { name: 'start, the whole execution back', method: 'POST', path: '/api/executions', body: start },
  {
    name: 'start, a summary back',
    method: 'POST',
    path: '/api/executions?view=summary',
    body: start,
  },
]

if (isMainThread) await serve(Number(process.argv[2] ?? 3))
else
  await drive(workerData as { readonly url: string; readonly one: Case; readonly seconds: number })

async function serve(seconds: number): Promise<void> {
  for (const one of cases) {
    const store = await openMemoryStore()
    const createQueue = (name: string): ReturnType<typeof createQueueChannel> =>
      createQueueChannel({ name })
    const engine = createEngine({ store, channels: [], createQueue })
    await engine.start()
    await engine.flows.publish({ text: flow, actor: 'bench' })
    const http = await createHttpServer({
      engine,
      store,
      version: 'bench',
      auth: { mode: 'off' },
      host: '127.0.0.1',
      port: 0,
    })
    const { url } = await http.listen()
    const worker = new Worker(new URL(import.meta.url), { workerData: { url, one, seconds } })
    await once(worker, 'message')
    const before = process.threadCpuUsage()
    const [requests] = (await once(worker, 'message')) as [number]
    const used = process.threadCpuUsage(before)
    const cpuUs = (used.user + used.system) / requests
    console.log(
      `${one.name.padEnd(34)} ${cpuUs.toFixed(1).padStart(7)} µs CPU  ${Math.round(requests / seconds)} requests/s`,
    )
    await worker.terminate()
    await http.close()
    await engine.stop(1_000)
    await store.close()
  }
}

/** Sends one request after the other on each connection; counts after a second of warm-up. */
async function drive({
  url,
  one,
  seconds,
}: {
  url: string
  one: Case
  seconds: number
}): Promise<void> {
  const pool = new Pool(url, { connections: concurrency, pipelining: 1 })
  let requests = 0
  const warmAt = performance.now() + 1_000
  const endAt = warmAt + seconds * 1_000
  setTimeout(() => {
    requests = 0
    parentPort?.postMessage('warm')
  }, 1_000)
  const headers = one.body === undefined ? {} : { 'content-type': 'application/json' }
  const body = one.body ?? null
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < endAt) {
        const answer = await pool.request({ method: one.method, path: one.path, headers, body })
        await answer.body.dump()
        requests += 1
      }
    }),
  )
  parentPort?.postMessage(requests)
  await pool.close()
}
