import { Client } from 'undici'
import { sampleUsage } from '../../measure/process-usage.ts'
import { makeOrder, services } from '../order-data.ts'
import type { GrowthReport, OperationCost } from './growth-report.ts'

/** A server that is up, without services: what is started waits. */
export interface AskedServer {
  readonly url: string
  /** The server and the store's own processes. */
  readonly pids: readonly number[]
  /** Orders `filled-0` to `filled-(executions - 1)` are stored and completed. */
  readonly executions: number
}

/** Enough for a 99th percentile, few beside the smallest store. */
const requests = 400
const warmUpRequests = 50
const pageSize = 50

interface Listed {
  readonly items: readonly unknown[]
}

/** Asks each operation some hundred times; at the end what it has started is completed too. */
export async function measureOperations(server: AskedServer): Promise<GrowthReport['operations']> {
  const client = new Client(server.url)
  const ask = async (method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' }
    const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) }
    const answer = await client.request({ method, path, ...sent })
    const text = await answer.body.text()
    if (answer.statusCode < 300) return JSON.parse(text)
    throw new Error(`Expected ${method} ${path} to work, found ${answer.statusCode}: ${text}`)
  }
  const list = async (filter: string, expected: number): Promise<void> => {
    const path = `/api/executions?flow=order&limit=${pageSize}&${filter}`
    const { items } = (await ask('GET', path)) as Listed
    if (items.length === expected) return
    throw new Error(`Expected ${expected} executions with ${filter}, found ${items.length}.`)
  }

  const ids: string[] = []
  const start = await measure(server.pids, async (n) => {
    const input = makeOrder(`growth-${server.executions}`, n)
    const { id } = (await ask('POST', '/api/executions', { flow: 'order', input })) as {
      readonly id: string
    }
    ids.push(id)
  })
  const sendEvent = async (n: number, command: string): Promise<void> => {
    const answer = services[command]?.('growth')
    await ask('POST', `/api/executions/${ids[n]}/events`, answer)
  }
  const applyEvent = await measure(server.pids, (n) => sendEvent(n, 'CheckInventory'))
  const waiting = await measure(server.pids, () => list('status=waiting', pageSize))
  const byKey = await measure(server.pids, (n) =>
    list(`key=filled-${(n * 7_919) % server.executions}`, 1),
  )
  const completed = await measure(server.pids, () => list('status=completed', pageSize))

  for (let n = 0; n < ids.length; n += 1) {
    await sendEvent(n, 'ProcessPayment')
    await sendEvent(n, 'ArrangeShipment')
  }
  await list('status=waiting', 0)
  await client.close()
  return {
    start,
    'apply event': applyEvent,
    'list by key': byKey,
    'list waiting': waiting,
    'list completed': completed,
  }
}

async function measure(
  pids: readonly number[],
  operation: (n: number) => Promise<void>,
): Promise<OperationCost> {
  for (let n = 0; n < warmUpRequests; n += 1) await operation(n)
  const cpuMs = () => pids.reduce((sum, pid) => sum + sampleUsage(pid).cpuMs, 0)
  const cpuBeforeMs = cpuMs()
  const latenciesMs: number[] = []
  for (let n = warmUpRequests; n < warmUpRequests + requests; n += 1) {
    const begunAt = performance.now()
    await operation(n)
    latenciesMs.push(performance.now() - begunAt)
  }
  const cpuUs = ((cpuMs() - cpuBeforeMs) * 1_000) / requests
  const sorted = latenciesMs.toSorted((left, right) => left - right)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  return { p50Ms: at(0.5), p99Ms: at(0.99), cpuUs }
}
