import type { Execution, KeptEvent } from '../model/execution.ts'
import { withoutPending } from './commands.ts'
import type { Origin } from '../model/origin.ts'
import type { FactOf } from './fact-of.ts'
import { mergeData } from './merge.ts'

export function evolveEventApplied(execution: Execution, fact: FactOf<'event-applied'>): Execution {
  const settled = withPosition(withAnswered(execution, fact.commandId), fact.origin)
  return { ...settled, state: mergeData(execution.state, fact.data, fact.merge) }
}

export function evolveEventKept(execution: Execution, fact: FactOf<'event-kept'>): Execution {
  const kept: KeptEvent = {
    messageId: fact.messageId,
    event: fact.event,
    data: fact.data,
    ...(fact.expiresAt === undefined ? {} : { expiresAt: fact.expiresAt }),
  }
  const settled = withPosition(withAnswered(execution, fact.commandId), fact.origin)
  return { ...settled, kept: [...execution.kept, kept] }
}

export function evolveEventIgnored(execution: Execution, fact: FactOf<'event-ignored'>): Execution {
  const settled = withPosition(withAnswered(execution, fact.commandId), fact.origin)
  return { ...settled, notes: execution.notes + 1 }
}

/** Removes the oldest kept event of this message. */
export function withoutKept(execution: Execution, messageId: string): Execution {
  const index = execution.kept.findIndex((event) => event.messageId === messageId)
  return { ...execution, kept: execution.kept.toSpliced(index, index < 0 ? 0 : 1) }
}

/** An event was read from a log: what lies before it in that log was read as well. */
export function withPosition(execution: Execution, origin: Origin | undefined): Execution {
  if (origin === undefined) return execution
  return {
    ...execution,
    positions: { ...execution.positions, [origin.source]: origin.position },
  }
}

/** An event that answers a command settles it. */
function withAnswered(execution: Execution, commandId: string | undefined): Execution {
  return commandId === undefined ? execution : withoutPending(execution, commandId)
}
