import type { Decision } from '../kernel/model/decision.ts'
import type { Effect } from '../kernel/model/effect.ts'
import { type Execution, isFinished } from '../kernel/model/execution.ts'
import type { Fact } from '../kernel/model/fact.ts'
import type { Flow } from '../kernel/model/flow.ts'
import type { Json } from '../kernel/model/json.ts'
import { expectedEvents } from '../kernel/waiting-for.ts'
import type { ExecutionWrite, OutboxChanges, PutCommand } from '../store/store.ts'
import type { Outcome, Request } from './request.ts'
import { searchTermsOf } from './search-terms.ts'

/** What one turn does to one execution: several messages, one write. */
export interface Work {
  readonly flow: Flow
  /** As it was before the turn; absent when the turn starts it. */
  readonly before: Execution | undefined
  /** `before` is what this process remembers; in a shared store others may have gone on from there. */
  readonly isRemembered: boolean
  execution: Execution | undefined
  readonly facts: Fact[]
  readonly effects: Effect[]
  readonly inbox: { readonly messageId: string; readonly answer: Json }[]
  /** Commands whose receivers have reported: nobody has them in hand any more. */
  readonly reportedIds: Set<string>
  /** Requests to settle once the write is durable. */
  readonly settlements: { readonly request: Request; readonly outcome: Outcome }[]
}

export function createWork(flow: Flow, before: Execution | undefined, isRemembered: boolean): Work {
  return {
    flow,
    before,
    isRemembered,
    execution: before,
    facts: [],
    effects: [],
    inbox: [],
    reportedIds: new Set(),
    settlements: [],
  }
}

export function addDecision(work: Work, decision: Decision): void {
  if (decision.kind === 'accepted') {
    for (const effect of decision.effects) work.effects.push(effect)
  }
  for (const fact of decision.facts) work.facts.push(fact)
  if (decision.execution !== undefined) work.execution = decision.execution
}

/** The write that makes the work durable; absent when nothing changed. */
export function writeOf(
  work: Work,
  now: number,
  mayClaim: (command: PutCommand) => boolean,
): ExecutionWrite | undefined {
  const { execution, before, flow } = work
  if (execution === undefined || (work.facts.length === 0 && work.inbox.length === 0)) {
    return undefined
  }
  const wakeAt = wakeAtOf(execution)
  const searchTerms = changedSearchTerms(work, execution)
  return {
    execution,
    expectedRevision: before?.revision ?? 0,
    facts: work.facts,
    ...(wakeAt === undefined ? {} : { wakeAt }),
    ...(flow.unique && execution.key !== undefined && !isFinished(execution)
      ? { uniqueKey: `${flow.id}\n${execution.key}` }
      : {}),
    ...(searchTerms === undefined ? {} : { searchTerms }),
    waitsForEvent: expectedEvents(flow, execution).length > 0,
    outbox: outboxChangesOf(work, now, mayClaim),
    inbox: work.inbox,
  }
}

/** When the earliest timer is due. A paused execution sleeps until it is resumed. */
function wakeAtOf(execution: Execution): number | undefined {
  if (execution.status === 'paused' || execution.timers.length === 0) return undefined
  let earliest = Number.POSITIVE_INFINITY
  for (const timer of execution.timers) if (timer.at < earliest) earliest = timer.at
  return earliest
}

function changedSearchTerms(work: Work, execution: Execution): readonly string[] | undefined {
  if (work.flow.search.length === 0 || work.before?.state === execution.state) return undefined
  return searchTermsOf(work.flow, execution)
}

/** A command that is issued and closed in one turn never reaches the outbox. */
function outboxChangesOf(
  { effects, reportedIds }: Work,
  now: number,
  mayClaim: (command: PutCommand) => boolean,
): OutboxChanges {
  let put: PutCommand[] = []
  const postpone: { commandId: string; dueAt: number; attempt: number }[] = []
  const remove: string[] = []
  const withdraw: string[] = []
  for (const effect of effects) {
    switch (effect.kind) {
      case 'send-command': {
        const { kind: _kind, ...command } = effect
        put.push({ ...command, attempt: 1, dueAt: now })
        break
      }
      case 'resend-command': {
        const { commandId, dueAt, attempt } = effect
        const fresh = put.findIndex((command) => command.commandId === commandId)
        const issued = put[fresh]
        if (issued === undefined) postpone.push({ commandId, dueAt, attempt })
        else put[fresh] = { ...issued, dueAt, attempt }
        break
      }
      case 'close-command':
      case 'withdraw-command': {
        const { commandId } = effect
        const isFresh = put.some((command) => command.commandId === commandId)
        if (isFresh) put = put.filter((command) => command.commandId !== commandId)
        else {
          remove.push(commandId)
          // Withdrawn, or answered by another way than its own: it may be on its way to somebody still.
          if (!reportedIds.has(commandId)) withdraw.push(commandId)
        }
      }
    }
  }
  const claimed = put.map((command) =>
    command.dueAt <= now && mayClaim(command) ? { ...command, claim: true as const } : command,
  )
  return { put: claimed, postpone, remove, ...(withdraw.length === 0 ? {} : { withdraw }) }
}
