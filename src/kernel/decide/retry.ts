import type { Decision } from '../model/decision.ts'
import { isFinished, type PendingCommand } from '../model/execution.ts'
import type { Retry } from '../model/message.ts'
import { withdraw, withdrawActivity } from './commands.ts'
import { accepted, addEffect, addFact, type Draft, plan, rejected } from './draft.ts'
import { currentNode, restingStatus } from './nodes.ts'
import { proceed } from './proceed.ts'
import { startCompensation } from './rollback.ts'

/**
 * An operator has it tried again: the compensation under way, the command that could not be
 * delivered, else the activity of the current node.
 */
export function retry(draft: Draft, message: Retry): Decision {
  const { execution } = draft
  const act = { actor: message.actor, reason: message.reason }
  const by = { kind: 'operator', ...act } as const

  if (execution.rollback !== undefined) return retryCompensation(draft, message)

  const undelivered = execution.pending.find(
    (command) => command.exhausted === true && command.purpose === 'activity',
  )
  if (undelivered !== undefined && execution.incident !== undefined) {
    resend(draft, undelivered, act)
    const status = isFinished(execution) ? execution.status : restingStatus(currentNode(draft))
    addFact(draft, { kind: 'incident-resolved', status, act })
    return accepted(draft)
  }
  if (isFinished(execution)) {
    return rejected(
      'EXECUTION_FINISHED',
      `expected an unfinished execution, found '${execution.id}' ${execution.status}`,
      execution,
    )
  }
  if (execution.incident === undefined && currentNode(draft).activity === undefined) {
    return rejected(
      'NOTHING_TO_RETRY',
      `expected a node with an activity, found '${execution.node}' that only waits`,
      execution,
    )
  }
  if (execution.incident !== undefined) {
    addFact(draft, { kind: 'incident-resolved', status: 'running', act })
  }
  withdrawActivity(draft, currentNode(draft))
  plan(draft, { kind: 'enter', node: execution.node, by })
  proceed(draft)
  return accepted(draft)
}

function retryCompensation(draft: Draft, message: Retry): Decision {
  const { execution } = draft
  const current = execution.rollback?.current
  if (current === undefined && execution.incident !== undefined) return retryTarget(draft, message)
  const compensation = execution.compensations.find(({ id }) => id === current?.id)
  if (current === undefined || compensation === undefined) {
    return rejected(
      'NOTHING_TO_RETRY',
      `expected a compensation under way in '${execution.id}', found none`,
      execution,
    )
  }
  const act = { actor: message.actor, reason: message.reason }
  const pending = execution.pending.find(({ id }) => id === current.commandId)
  if (execution.incident !== undefined) {
    addFact(draft, { kind: 'incident-resolved', status: 'compensating', act })
  }
  if (pending?.exhausted === true && message.data === undefined) {
    resend(draft, pending, act)
  } else {
    if (pending !== undefined) withdraw(draft, pending)
    startCompensation(draft, compensation, current.attempt + 1, message.data)
  }
  return accepted(draft)
}

/** Everything is undone, and the rollback's target could not be entered. */
function retryTarget(draft: Draft, { actor, reason }: Retry): Decision {
  const act = { actor, reason }
  addFact(draft, { kind: 'incident-resolved', status: 'compensating', act })
  plan(draft, { kind: 'next-compensation' })
  proceed(draft)
  return accepted(draft)
}

function resend(
  draft: Draft,
  command: PendingCommand,
  act: { readonly actor: string; readonly reason: string },
): void {
  addFact(draft, { kind: 'command-resent', id: command.id, act })
  addEffect(draft, {
    kind: 'resend-command',
    commandId: command.id,
    channel: command.channel,
    dueAt: draft.message.at,
    attempt: 1,
  })
}
