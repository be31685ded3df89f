import type { Decision } from '../model/decision.ts'
import { isFinished, type PendingCommand } from '../model/execution.ts'
import type { FailCommand } from '../model/message.ts'
import type { RetryPolicy } from '../model/retry-policy.ts'
import { parkedAt } from '../model/effect.ts'
import { failCompensation } from './compensation.ts'
import { accepted, addEffect, addFact, type Draft, plan } from './draft.ts'
import { raiseIncident } from './failures.ts'
import { proceed } from './proceed.ts'
import { retryWaitMs } from './retry-wait.ts'

/** One attempt to deliver a command failed: it is made again by its policy, or given up. */
export function failCommand(draft: Draft, message: FailCommand): Decision {
  const command = draft.execution.pending.find(({ id }) => id === message.commandId)
  if (command === undefined || command.exhausted === true) {
    return accepted(draft, { applied: false, reason: 'stale' })
  }
  const policy = retryPolicyOf(draft, command)
  const again = message.retryable && command.attempt < policy.attempts
  const { code, message: text } = message
  const failed = { kind: 'command-failed', id: command.id, attempt: command.attempt, code } as const
  if (again) {
    const waitMs = retryWaitMs(policy, command.attempt, message.id, message.retryAfterMs)
    const retryAt = message.at + waitMs
    addFact(draft, { ...failed, message: text, retryAt })
    addEffect(draft, {
      kind: 'resend-command',
      commandId: command.id,
      channel: command.channel,
      dueAt: retryAt,
      attempt: command.attempt + 1,
    })
    return accepted(draft)
  }
  addFact(draft, { ...failed, message: text })
  giveUp(draft, command, { code, message: text })
  proceed(draft)
  return accepted(draft)
}

function giveUp(
  draft: Draft,
  command: PendingCommand,
  failure: { readonly code: string; readonly message: string },
): void {
  const { id: commandId, channel } = command
  if (command.purpose === 'also') {
    addEffect(draft, { kind: 'close-command', commandId, channel })
    return
  }
  // It stays in the outbox, parked, so that an operator's retry sends the very same command.
  const attempt = command.attempt + 1
  addEffect(draft, { kind: 'resend-command', commandId, channel, dueAt: parkedAt, attempt })
  if (isFinished(draft.execution)) {
    raiseIncident(draft, failure, { kind: 'command', commandId })
  } else if (draft.execution.status === 'paused') {
    // `resume` looks for exhausted commands.
  } else {
    failAfterGivingUp(draft, command, failure)
  }
}

/** What an undeliverable command means for an execution that goes on. */
export function failAfterGivingUp(
  draft: Draft,
  command: PendingCommand,
  failure: { readonly code: string; readonly message: string },
): void {
  if (command.purpose === 'undo') {
    failCompensation(draft, failure, false)
  } else if (draft.flow.onFailure.policy === 'incident') {
    addFact(draft, { kind: 'failed', code: failure.code, message: failure.message })
    raiseIncident(draft, failure, { kind: 'command', commandId: command.id })
  } else {
    plan(draft, { kind: 'fail', failure, ownUndo: true })
  }
}

function retryPolicyOf(draft: Draft, command: PendingCommand): RetryPolicy {
  const node = draft.flow.nodes.get(command.node)
  switch (command.purpose) {
    case 'activity':
      return node?.activity?.send.retry ?? draft.flow.retry
    case 'undo':
      return node?.undo?.retry ?? draft.flow.retry
    case 'also':
      return (
        node?.also.find((template) => template.command === command.command)?.retry ??
        draft.flow.retry
      )
  }
}
