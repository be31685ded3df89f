import { createHistogram } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'undici'
import { type DriverPlan, type DriverReport, type LoadResult, orderRequest } from './driver-plan.ts'

/**
 * The driver: a process of its own that keeps `slots` orders in flight. Each slot places an order on
 * its own kept-alive connection, waits until that saga has finished, and places the next one: a
 * closed loop. Latency is therefore that of an order placed by someone who waits for the one before;
 * it says nothing of a queue that grows because orders keep coming.
 */
const plan = JSON.parse(process.argv[2] ?? '{}') as DriverPlan
const request = orderRequest(plan)
const latencyUs = createHistogram({ lowest: 1, highest: 120_000_000, figures: 3 })
const completedPerSecond: number[] = []
const errors: string[] = []
/** After so many failures there is nothing left to measure. */
const errorsMax = 20

const progress = { nextOrder: 0, completedEver: 0, errors: 0, stopping: false }
let measuringSince: number | undefined

const clients = Array.from(
  { length: plan.slots },
  (_, slot) =>
    new Client(plan.urls[slot % plan.urls.length] ?? '', {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
    }),
)
const slots = clients.map((client) => runSlot(client))

await pause(plan.warmUpMs)
measuringSince = performance.now()
report({ kind: 'begun' })

await pause(plan.measureMs)
const elapsedMs = performance.now() - measuringSince
measuringSince = undefined
const result = summarise(elapsedMs)
report({ kind: 'measured', result })

progress.stopping = true
await Promise.all(slots)
await Promise.all(clients.map((client) => client.close()))
report({ kind: 'drained', completedEver: progress.completedEver, errors })
process.disconnect()

async function runSlot(client: Client): Promise<void> {
  while (!progress.stopping && progress.errors < errorsMax) {
    const n = progress.nextOrder++
    const begunAt = performance.now()
    const failure = await placeOrder(client, n)
    const endedAt = performance.now()
    if (failure === undefined) {
      progress.completedEver += 1
      if (measuringSince !== undefined) recordCompleted(begunAt, endedAt, measuringSince)
    } else {
      progress.errors += 1
      if (errors.length < 5) errors.push(failure)
    }
  }
}

function recordCompleted(begunAt: number, endedAt: number, since: number): void {
  latencyUs.record(Math.max(1, Math.round((endedAt - begunAt) * 1_000)))
  const second = Math.floor((endedAt - since) / 1_000)
  completedPerSecond[second] = (completedPerSecond[second] ?? 0) + 1
}

/** Answers what went wrong, nothing if the saga was completed. */
function placeOrder(client: Client, n: number): Promise<string | undefined> {
  const { path, body } = request(n)
  return new Promise((resolve) => {
    let status = 0
    let text = ''
    client.dispatch(
      { method: 'POST', path, body, headers: { 'content-type': 'application/json' } },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode
        },
        onResponseData(_controller, chunk) {
          text += chunk.toString('latin1')
        },
        onResponseEnd() {
          const completed = status < 300 && text.includes('"status":"completed"')
          resolve(completed ? undefined : `HTTP ${status}: ${text.slice(0, 300)}`)
        },
        onResponseError(_controller, error) {
          resolve(String(error))
        },
      },
    )
  })
}

function summarise(elapsed: number): LoadResult {
  const ms = (percentile: number) => latencyUs.percentile(percentile) / 1_000
  return {
    elapsedMs: elapsed,
    sagas: latencyUs.count,
    sagasPerSecond: (latencyUs.count * 1_000) / elapsed,
    errors: progress.errors,
    p50Ms: ms(50),
    p95Ms: ms(95),
    p99Ms: ms(99),
    maxMs: latencyUs.max / 1_000,
    // The last, incomplete second would look like a stall.
    completedPerSecond: completedPerSecond.slice(0, Math.floor(elapsed / 1_000)),
  }
}

function report(message: DriverReport): void {
  process.send?.(message)
}
