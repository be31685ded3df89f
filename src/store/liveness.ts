import type { Status } from '../kernel/model/execution.ts'

/**
 * Tells whether nothing could ever wake an execution up: the condition of the liveness ledger. A
 * paused execution and one with an incident wait for a person.
 */
export function isUnwakeable(execution: {
  readonly status: Status
  readonly wakeAt: number | undefined
  readonly waitsForEvent: boolean
  readonly outboxRows: number
}): boolean {
  if (execution.wakeAt !== undefined || execution.waitsForEvent || execution.outboxRows > 0) {
    return false
  }
  switch (execution.status) {
    case 'running':
    case 'waiting':
    case 'compensating':
      return true
    case 'incident':
    case 'paused':
    case 'completed':
    case 'failed':
    case 'rolled-back':
    case 'cancelled':
      return false
  }
}
