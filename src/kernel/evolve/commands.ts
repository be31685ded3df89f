import type { Execution, PendingCommand } from '../model/execution.ts'
import type { FactOf } from './fact-of.ts'

export function evolveCommandIssued(
  execution: Execution,
  fact: FactOf<'command-issued'>,
): Execution {
  const command: PendingCommand = {
    id: fact.id,
    channel: fact.channel,
    command: fact.command,
    purpose: fact.purpose,
    node: fact.node,
    attempt: 1,
  }
  return {
    ...execution,
    pending: [...execution.pending, command],
    commandsIssued: execution.commandsIssued + 1,
  }
}

export function evolveCommandAccepted(
  execution: Execution,
  fact: FactOf<'command-accepted'>,
): Execution {
  return withoutPending(execution, fact.id)
}

/** After the last attempt a side command is forgotten; others wait for a decision or a person. */
export function evolveCommandFailed(
  execution: Execution,
  fact: FactOf<'command-failed'>,
): Execution {
  const failed = execution.pending.find((command) => command.id === fact.id)
  if (failed === undefined) return execution
  if (fact.retryAt === undefined && failed.purpose === 'also') {
    return withoutPending(execution, fact.id)
  }
  const next: PendingCommand =
    fact.retryAt === undefined
      ? { ...failed, exhausted: true }
      : { ...failed, attempt: failed.attempt + 1 }
  return withPending(execution, next)
}

export function evolveCommandResent(
  execution: Execution,
  fact: FactOf<'command-resent'>,
): Execution {
  const command = execution.pending.find((pending) => pending.id === fact.id)
  if (command === undefined) return execution
  const { exhausted: _exhausted, ...rest } = command
  return withPending(execution, { ...rest, attempt: 1 })
}

export function withoutPending(execution: Execution, commandId: string): Execution {
  return {
    ...execution,
    pending: execution.pending.filter((command) => command.id !== commandId),
  }
}

function withPending(execution: Execution, command: PendingCommand): Execution {
  return {
    ...execution,
    pending: execution.pending.map((before) => (before.id === command.id ? command : before)),
  }
}
