/** What is asked of a server whose store grows, one request after the other. */
export const growthOperations = [
  'start',
  'apply event',
  'list by key',
  'list waiting',
  'list completed',
] as const
export type GrowthOperation = (typeof growthOperations)[number]

/** What an operation costs with so many executions stored. */
export interface GrowthReport {
  readonly executions: number
  readonly storeBytes: number
  readonly operations: Readonly<Record<GrowthOperation, OperationCost>>
}

export interface OperationCost {
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU time of server and store together. */
  readonly cpuUs: number
}
