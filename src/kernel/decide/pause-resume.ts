import type { Decision } from '../model/decision.ts'
import { isFinished, type KeptEvent } from '../model/execution.ts'
import type { Pause, Resume } from '../model/message.ts'
import { accepted, addFact, type Draft, plan } from './draft.ts'
import { takeEvent } from './event-taking.ts'
import { failAfterGivingUp } from './fail-command.ts'
import { proceed, recordRefusal } from './proceed.ts'
import { takeWhileCompensating } from './apply-event.ts'

/** An operator holds an execution: events are kept, timers and compensations wait. */
export function pause(draft: Draft, message: Pause): Decision {
  addFact(draft, { kind: 'paused', act: { actor: message.actor, reason: message.reason } })
  return accepted(draft)
}

/** What happened during the pause takes effect now, in the order in which it came. */
export function resume(draft: Draft, message: Resume): Decision {
  addFact(draft, { kind: 'resumed', act: { actor: message.actor, reason: message.reason } })
  const keptInPause = draft.execution.kept.filter(({ expiresAt }) => expiresAt === undefined)
  for (const kept of keptInPause) {
    if (isFinished(draft.execution)) break
    replayKept(draft, kept)
    proceed(draft)
  }
  resumeRollback(draft)
  giveUpExhausted(draft)
  draft.arrived = true
  proceed(draft)
  return accepted(draft)
}

function replayKept(draft: Draft, kept: KeptEvent): void {
  if (!draft.execution.kept.includes(kept)) return
  addFact(draft, { kind: 'event-released', messageId: kept.messageId })
  const taking =
    draft.execution.rollback === undefined
      ? takeEvent(draft, kept)
      : takeWhileCompensating(draft, kept)
  if (taking.kind === 'refused') recordRefusal(draft, kept, taking.code, taking.detail)
}

function resumeRollback(draft: Draft): void {
  const { execution } = draft
  if (execution.status !== 'compensating' || execution.rollback === undefined) return
  if (execution.rollback.current === undefined) plan(draft, { kind: 'next-compensation' })
}

/** A command whose retries were used up during the pause is given up now. */
function giveUpExhausted(draft: Draft): void {
  const { execution } = draft
  if (isFinished(execution) || execution.status === 'incident') return
  const exhausted = execution.pending.find(
    (command) => command.exhausted === true && command.purpose !== 'also',
  )
  if (exhausted === undefined) return
  failAfterGivingUp(draft, exhausted, {
    code: 'DELIVERY_FAILED',
    message: `the command '${exhausted.command}' could not be delivered during the pause`,
  })
}
