import { addFact, type Draft, type Failure, plan } from './draft.ts'
import { raiseIncident } from './failures.ts'
import { retryWaitMs } from './retry-wait.ts'
import { undoOf } from './rollback.ts'

/** The compensation under way is done: the next one starts, unless a pause holds it. */
export function completeCompensation(draft: Draft): void {
  const current = draft.execution.rollback?.current
  if (current === undefined) return
  addFact(draft, { kind: 'compensation-completed', id: current.id })
  if (draft.execution.status === 'compensating') plan(draft, { kind: 'next-compensation' })
}

/**
 * An attempt of the compensation under way failed. It is made again by the undo's policy; after that
 * it needs a person. A failed delivery has used up its retries already.
 */
export function failCompensation(draft: Draft, failure: Failure, retryable: boolean): void {
  const current = draft.execution.rollback?.current
  if (current === undefined) return
  const compensation = draft.execution.compensations.find(({ id }) => id === current.id)
  if (compensation === undefined) return
  const policy = undoOf(draft, compensation).retry
  const retryNow = retryable && current.attempt < policy.attempts
  addFact(draft, {
    kind: 'compensation-failed',
    id: current.id,
    attempt: current.attempt,
    code: failure.code,
    message: failure.message,
    ...(retryNow
      ? {
          retry: {
            id: `undo.${current.id}.${current.attempt}.retry`,
            at: draft.message.at + retryWaitMs(policy, current.attempt, draft.message.id),
            purpose: { kind: 'compensation-retry' },
          } as const,
        }
      : {}),
  })
  if (!retryNow) raiseIncident(draft, failure, { kind: 'compensation', compensationId: current.id })
}
