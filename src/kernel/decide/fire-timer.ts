import type { Decision } from '../model/decision.ts'
import type { Timer } from '../model/execution.ts'
import type { FireTimer } from '../model/message.ts'
import { failCompensation } from './compensation.ts'
import { accepted, addFact, type Draft } from './draft.ts'
import { currentNode } from './nodes.ts'
import { planFailure, proceed } from './proceed.ts'
import { startCompensation } from './rollback.ts'
import { choose, takeTransition, transitionValues } from './transitions.ts'
import { withdraw } from './commands.ts'

/** A time has come. A timer that is no longer set is stale, not wrong. */
export function fireTimer(draft: Draft, message: FireTimer): Decision {
  const timer = draft.execution.timers.find(({ id }) => id === message.timerId)
  if (timer === undefined || timer.at > message.at) {
    return accepted(draft, { applied: false, reason: 'stale' })
  }
  addFact(draft, { kind: 'timer-fired', id: timer.id })
  fire(draft, timer)
  proceed(draft)
  return accepted(draft)
}

function fire(draft: Draft, timer: Timer): void {
  switch (timer.purpose.kind) {
    case 'after':
      return fireAfter(draft, timer.purpose.index)
    case 'compensation-retry':
      return retryCompensation(draft)
    case 'compensation-deadline':
      return failAtDeadline(draft)
  }
}

function fireAfter(draft: Draft, index: number): void {
  const timed = currentNode(draft).after[index]
  if (timed === undefined) return
  const choice = choose(draft, timed.transitions)
  if (choice.kind === 'none') return
  if (choice.kind === 'failed') return planFailure(draft, choice.failure)
  const values = transitionValues(draft, choice.transition)
  if (!values.ok) return planFailure(draft, values.failure)
  if (values.values !== undefined) addFact(draft, { kind: 'state-set', values: values.values })
  takeTransition(draft, choice.transition, { kind: 'timer', delayMs: timed.delayMs }, 'unknown')
}

function retryCompensation(draft: Draft): void {
  const current = draft.execution.rollback?.current
  const compensation = draft.execution.compensations.find(({ id }) => id === current?.id)
  if (current === undefined || compensation === undefined) return
  startCompensation(draft, compensation, current.attempt + 1)
}

function failAtDeadline(draft: Draft): void {
  const current = draft.execution.rollback?.current
  const pending = draft.execution.pending.find(({ id }) => id === current?.commandId)
  if (pending !== undefined) withdraw(draft, pending)
  failCompensation(
    draft,
    { code: 'COMPENSATION_TIMEOUT', message: 'no answer to the undo came in time' },
    true,
  )
}
