import { type Client, SignalboxClientError } from '@signalbox/client'
import type { GeneratedOrder } from '../generate-orders.ts'

export interface PlacingOptions {
  readonly client: Client
  readonly orders: Iterator<GeneratedOrder>
  readonly ordersPerSecond: number
  /** How many are placed at most. */
  readonly ordersMax: number
  /** How many orders are under way now. */
  readonly underWay: () => number
  readonly signal: AbortSignal
  readonly onNews: (news: string) => void
}

/** When a service is away its orders wait: a shop that goes on placing them would only pile them up. */
export const underWayMax = 200

/** Places orders at a steady rate until it is told to stop; tells how many it placed. */
export async function placeOrders(options: PlacingOptions): Promise<number> {
  const { client, orders, signal } = options
  const stepMs = 1_000 / options.ordersPerSecond
  const startedAt = performance.now()
  let placed = 0
  let skippedMs = 0
  let silent = false
  while (placed < options.ordersMax && !signal.aborted) {
    const waitMs = startedAt + skippedMs + placed * stepMs - performance.now()
    if (waitMs > 0) await pause(waitMs, signal)
    if (signal.aborted) break
    if (options.underWay() >= underWayMax) {
      await pause(stepMs, signal)
      skippedMs += stepMs
      continue
    }
    const next = orders.next()
    if (next.done === true) break
    try {
      await client.start({ flow: 'order', input: next.value.order })
      placed += 1
      silent = false
    } catch (error) {
      if (!(error instanceof SignalboxClientError)) throw error
      if (!silent && !signal.aborted) options.onNews(`an order was not placed: ${error.message}`)
      silent = true
      skippedMs += stepMs
    }
  }
  return placed
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, durationMs)
    signal.addEventListener('abort', end)
  })
}
