import { isFinished } from '../model/execution.ts'
import type { Node } from '../model/node.ts'
import { addFact, type Draft, type Failure, plan, type Step } from './draft.ts'
import { ignore, type IncomingEvent, originOf, takeEvent } from './event-taking.ts'
import { failNode } from './failures.ts'
import { currentNode, enter, restingStatus } from './nodes.ts'
import { continueRollback, startRollback } from './rollback.ts'
import { choose, takeTransition, transitionValues } from './transitions.ts'

/**
 * Does what was planned, and what follows by itself from having arrived in a node: kept events that
 * it expects, then its ways out by condition, again and again until the execution waits. Bounded by
 * the limit of nodes.
 */
export function proceed(draft: Draft): void {
  for (;;) {
    const step = draft.steps.shift()
    if (step !== undefined) take(draft, step)
    else if (draft.arrived && canProceed(draft)) followArrival(draft)
    else return
  }
}

function take(draft: Draft, step: Step): void {
  switch (step.kind) {
    case 'enter':
      return enter(draft, step)
    case 'fail':
      return failNode(draft, step)
    case 'roll-back':
      return startRollback(draft, step)
    case 'next-compensation':
      return continueRollback(draft)
  }
}

function followArrival(draft: Draft): void {
  draft.arrived = false
  const node = currentNode(draft)
  if (!takeKeptEvent(draft, node)) takeNext(draft, node)
}

function canProceed({ execution }: Draft): boolean {
  return (
    !isFinished(execution) && (execution.status === 'running' || execution.status === 'waiting')
  )
}

/** Applies the first kept event that the node expects; drops those whose time has run out. */
function takeKeptEvent(draft: Draft, node: Node): boolean {
  for (const kept of draft.execution.kept) {
    if (kept.expiresAt !== undefined && kept.expiresAt <= draft.message.at) {
      addFact(draft, { kind: 'event-released', messageId: kept.messageId })
      ignore(draft, kept, 'expired')
    } else if (node.on.has(kept.event)) {
      addFact(draft, { kind: 'event-released', messageId: kept.messageId })
      const taking = takeEvent(draft, kept)
      if (taking.kind === 'refused') recordRefusal(draft, kept, taking.code, taking.detail)
      draft.arrived = true
      return true
    }
  }
  return false
}

function takeNext(draft: Draft, node: Node): void {
  const busy = draft.execution.pending.some(
    (command) => command.purpose === 'activity' && command.node === node.id,
  )
  if (node.next.length === 0 || busy) return
  const choice = choose(draft, node.next)
  if (choice.kind === 'failed') return planFailure(draft, choice.failure)
  if (choice.kind === 'none') {
    if (restingStatus(node) === 'waiting') return
    return planFailure(draft, {
      code: 'NO_WAY_OUT',
      message: `expected one condition of '${node.id}' to hold, found none that does`,
    })
  }
  const values = transitionValues(draft, choice.transition)
  if (!values.ok) return planFailure(draft, values.failure)
  if (values.values !== undefined) addFact(draft, { kind: 'state-set', values: values.values })
  takeTransition(draft, choice.transition, { kind: 'condition' }, 'done')
}

/** The way out cannot be found: the activity, which has been done, is undone as well. */
export function planFailure(draft: Draft, failure: Failure): void {
  plan(draft, { kind: 'fail', failure, ownUndo: true })
}

/** Records that a message was refused; further ones than the limit are not recorded. */
export function recordRefusal(
  draft: Draft,
  event: Pick<IncomingEvent, 'messageId' | 'origin'>,
  code: string,
  detail: string,
  notesMax = Number.POSITIVE_INFINITY,
): void {
  if (draft.execution.notes >= notesMax) return
  addFact(draft, {
    kind: 'message-rejected',
    messageId: event.messageId,
    message: 'apply-event',
    code,
    detail,
    ...originOf(event),
  })
}
