import type { Fact } from '../kernel/model/fact.ts'
import { closeCommand, failCommand, issueCommand, resendCommand } from './command-spans.ts'
import {
  completeCompensation,
  endRollback,
  failCompensation,
  startCompensation,
  startRollback,
} from './compensation-spans.ts'
import type { ExecutionTrace } from './execution-trace.ts'
import { noteFact } from './root-events.ts'
import { endRoot, startRoot } from './root-span.ts'
import type { Span } from './span.ts'
import { fireTimer, setTimers } from './timer-spans.ts'

/** Of which type a channel is: it decides by which conventions its commands are described. */
export type ChannelTypes = (channel: string) => string

/** Folds the next fact; answers the spans that it ends. */
export function foldFact(trace: ExecutionTrace, fact: Fact, typeOf: ChannelTypes): readonly Span[] {
  trace.revision += 1
  noteFact(trace, fact)
  switch (fact.kind) {
    case 'started':
      startRoot(trace, fact)
      return []
    case 'entered': {
      setTimers(trace, fact.timers, fact)
      return endRollback(trace, fact.at)
    }
    case 'event-applied':
    case 'event-kept':
    case 'event-ignored':
      return fact.commandId === undefined
        ? []
        : closeCommand(trace, fact.commandId, fact.at, 'answered', fact.event)
    case 'command-issued':
      issueCommand(trace, fact, typeOf(fact.channel))
      return []
    case 'command-accepted':
      return closeCommand(trace, fact.id, fact.at, 'accepted')
    case 'command-failed':
      return failCommand(trace, fact)
    case 'command-withdrawn':
      return closeCommand(trace, fact.id, fact.at, 'withdrawn')
    case 'command-resent':
      resendCommand(trace, fact)
      return []
    case 'rollback-started':
      trace.timers = []
      startRollback(trace, fact)
      return []
    case 'compensation-started':
      setTimers(trace, fact.timers, fact)
      startCompensation(trace, fact)
      return []
    case 'compensation-failed':
      setTimers(trace, fact.retry === undefined ? [] : [fact.retry], fact)
      failCompensation(trace, fact)
      return []
    case 'compensation-completed':
      return completeCompensation(trace, fact.at, 'undone')
    case 'compensation-skipped':
      return completeCompensation(trace, fact.at, 'skipped')
    case 'timer-fired':
      return fireTimer(trace, fact)
    case 'finished':
      trace.timers = []
      return [...endRollback(trace, fact.at), ...endRoot(trace, fact)]
    case 'stayed':
    case 'event-released':
    case 'message-rejected':
    case 'state-set':
    case 'compensation-remembered':
    case 'compensation-accepted':
    case 'failed':
    case 'incident-raised':
    case 'incident-resolved':
    case 'paused':
    case 'resumed':
      return []
  }
}
