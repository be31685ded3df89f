import type { Incident } from '../model/execution.ts'
import type { Failure } from './commands.ts'
import { addFact, type Draft } from './draft.ts'
import { enter } from './nodes.ts'
import { startRollback } from './rollback.ts'

/**
 * A failure of the forward path that no transition handles: the flow's policy decides. A second
 * failure while that policy is carried out needs a person, or two policies could chase each other.
 *
 * @param ownUndo whether the node's own activity may have happened, so that it is undone as well
 */
export function failNode(draft: Draft, failure: Failure, ownUndo = false): void {
  const policy = draft.flow.onFailure
  addFact(draft, { kind: 'failed', code: failure.code, message: failure.message })
  if (draft.failedOnce || policy.policy === 'incident') {
    raiseIncident(draft, failure, { kind: 'node' })
    return
  }
  draft.failedOnce = true
  const cause = { kind: 'failure', code: failure.code, message: failure.message } as const
  if (policy.policy === 'rollback') {
    startRollback(draft, { target: policy.target, by: cause, ownUndo })
  } else if (policy.target === undefined) {
    addFact(draft, {
      kind: 'finished',
      status: 'failed',
      outcome: { code: failure.code, message: failure.message },
    })
  } else {
    enter(draft, policy.target, cause)
  }
}

export function raiseIncident(draft: Draft, failure: Failure, subject: Incident['subject']): void {
  addFact(draft, {
    kind: 'incident-raised',
    incident: {
      code: failure.code,
      message: failure.message,
      at: draft.message.at,
      node: draft.execution.node,
      subject,
    },
  })
}
