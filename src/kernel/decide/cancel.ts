import type { Decision } from '../model/decision.ts'
import type { Cancel } from '../model/message.ts'
import { withdraw } from './commands.ts'
import { accepted, addFact, type Draft } from './draft.ts'

/** An operator ends an execution as it is: nothing is undone, nothing more is sent. */
export function cancel(draft: Draft, message: Cancel): Decision {
  for (const command of draft.execution.pending) withdraw(draft, command)
  addFact(draft, {
    kind: 'finished',
    status: 'cancelled',
    outcome: { code: 'CANCELLED', message: message.reason },
    act: { actor: message.actor, reason: message.reason },
  })
  return accepted(draft)
}
