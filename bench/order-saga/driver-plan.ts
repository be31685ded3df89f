import { makeOrder } from './order-data.ts'

/** What the driver is told, as JSON in its only argument. */
export interface DriverPlan {
  /** Servers, among which the slots are divided. */
  readonly urls: readonly string[]
  /** How an order is placed: `orders` is the plain door of `peers/shop`. */
  readonly target: 'signalbox' | 'restate' | 'orders'
  /** Orders in flight. */
  readonly slots: number
  readonly warmUpMs: number
  readonly measureMs: number
  /** Begins every order id; no two runs against one server share it. */
  readonly run: string
}

/** What the driver tells its parent. */
export type DriverReport =
  | { readonly kind: 'begun' }
  | { readonly kind: 'measured'; readonly result: LoadResult }
  | {
      readonly kind: 'drained'
      /** With warm-up and what was under way at the end: each must be found in the store. */
      readonly completedEver: number
      readonly errors: readonly string[]
    }

export interface LoadResult {
  readonly elapsedMs: number
  readonly sagas: number
  readonly sagasPerSecond: number
  readonly errors: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly completedPerSecond: readonly number[]
}

export interface OrderRequest {
  readonly path: string
  readonly body: string
}

/** How an order is placed with the system under test, so that the answer comes when it has ended. */
export function orderRequest(plan: DriverPlan): (n: number) => OrderRequest {
  if (plan.target === 'restate') {
    return (n) => {
      const order = makeOrder(plan.run, n)
      return { path: `/order/${order.orderId}/run`, body: JSON.stringify(order) }
    }
  }
  if (plan.target === 'orders') {
    return (n) => ({ path: '/orders', body: JSON.stringify(makeOrder(plan.run, n)) })
  }
  return (n) => ({
    path: '/api/executions?waitMs=50000',
    body: JSON.stringify({ flow: 'order', input: makeOrder(plan.run, n) }),
  })
}
