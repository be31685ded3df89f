import type { Execution } from '../model/execution.ts'
import type { Fact } from '../model/fact.ts'
import {
  evolveCommandAccepted,
  evolveCommandFailed,
  evolveCommandIssued,
  evolveCommandResent,
  withoutPending,
} from './commands.ts'
import {
  evolveCompensationFailed,
  evolveCompensationRemembered,
  evolveCompensationStarted,
  evolveRollbackStarted,
  withCompensationEnded,
} from './compensations.ts'
import {
  evolveEventApplied,
  evolveEventIgnored,
  evolveEventKept,
  withoutKept,
  withPosition,
} from './events.ts'
import { evolveFinished, evolveIncidentRaised, evolveIncidentResolved } from './lifecycle.ts'
import { evolveEntered, evolveStarted, withValuesSet } from './nodes.ts'

/**
 * Folds one fact onto an execution. Total and pure: it decides nothing, looks nothing up, and never
 * throws for a fact that `decide` made. Only this is replayed, so what a fact kind means here is for
 * ever.
 */
export function evolve(execution: Execution | undefined, fact: Fact): Execution {
  if (fact.kind === 'started') return evolveStarted(fact)
  if (execution === undefined) throw new Error(`expected 'started' first, found '${fact.kind}'`)
  const next = { ...apply(execution, fact), revision: execution.revision + 1, updatedAt: fact.at }
  return next
}

/** Folds a whole journal. */
export function replay(facts: Iterable<Fact>): Execution | undefined {
  let execution: Execution | undefined
  for (const fact of facts) execution = evolve(execution, fact)
  return execution
}

function apply(execution: Execution, fact: Exclude<Fact, { kind: 'started' }>): Execution {
  switch (fact.kind) {
    case 'entered':
      return evolveEntered(execution, fact)
    case 'stayed':
      return execution
    case 'event-applied':
      return evolveEventApplied(execution, fact)
    case 'event-kept':
      return evolveEventKept(execution, fact)
    case 'event-released':
      return withoutKept(execution, fact.messageId)
    case 'event-ignored':
      return evolveEventIgnored(execution, fact)
    case 'message-rejected':
      return { ...withPosition(execution, fact.origin), notes: execution.notes + 1 }
    case 'state-set':
      return withValuesSet(execution, fact.values)
    case 'command-issued':
      return evolveCommandIssued(execution, fact)
    case 'command-accepted':
      return evolveCommandAccepted(execution, fact)
    case 'command-failed':
      return evolveCommandFailed(execution, fact)
    case 'command-withdrawn':
      return withoutPending(execution, fact.id)
    case 'command-resent':
      return evolveCommandResent(execution, fact)
    case 'compensation-remembered':
      return evolveCompensationRemembered(execution, fact)
    case 'rollback-started':
      return evolveRollbackStarted(execution, fact)
    case 'compensation-started':
      return evolveCompensationStarted(execution, fact)
    case 'compensation-accepted':
      return withCurrentAccepted(execution)
    case 'compensation-failed':
      return evolveCompensationFailed(execution, fact)
    case 'compensation-completed':
      return withCompensationEnded(execution, fact.id, 'undone')
    case 'compensation-skipped':
      return withCompensationEnded(execution, fact.id, 'skipped')
    case 'failed':
      return { ...execution, outcome: { code: fact.code, message: fact.message } }
    case 'incident-raised':
      return evolveIncidentRaised(execution, fact)
    case 'incident-resolved':
      return evolveIncidentResolved(execution, fact)
    case 'paused':
      return { ...execution, status: 'paused', pausedFrom: execution.status }
    case 'resumed': {
      const { pausedFrom, ...rest } = execution
      return { ...rest, status: pausedFrom ?? 'running' }
    }
    case 'timer-fired':
      return { ...execution, timers: execution.timers.filter((timer) => timer.id !== fact.id) }
    case 'finished':
      return evolveFinished(execution, fact)
  }
}

function withCurrentAccepted(execution: Execution): Execution {
  const { rollback } = execution
  if (rollback?.current === undefined) return execution
  return {
    ...execution,
    rollback: { ...rollback, current: { ...rollback.current, accepted: true } },
  }
}
