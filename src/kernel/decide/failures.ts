import type { Incident } from '../model/execution.ts'
import { addFact, type Draft, type Failure, plan, type Step } from './draft.ts'

/**
 * A failure of the forward path that no transition handles: the flow's policy decides. A second
 * failure while that policy is carried out needs a person, or two policies could chase each other.
 */
export function failNode(
  draft: Draft,
  { failure, ownUndo }: Extract<Step, { kind: 'fail' }>,
): void {
  const policy = draft.flow.onFailure
  addFact(draft, { kind: 'failed', code: failure.code, message: failure.message })
  if (draft.failedOnce || policy.policy === 'incident') {
    raiseIncident(draft, failure, { kind: 'node' })
    return
  }
  draft.failedOnce = true
  const cause = { kind: 'failure', code: failure.code, message: failure.message } as const
  if (policy.policy === 'rollback') {
    plan(draft, { kind: 'roll-back', target: policy.target, by: cause, ownUndo })
  } else if (policy.target === undefined) {
    addFact(draft, {
      kind: 'finished',
      status: 'failed',
      outcome: { code: failure.code, message: failure.message },
    })
  } else {
    plan(draft, { kind: 'enter', node: policy.target, by: cause })
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
