import { isDeepStrictEqual } from 'node:util'
import { replay } from '../../src/kernel/evolve/evolve.ts'
import { limits } from '../../src/kernel/limits.ts'
import type { Decision } from '../../src/kernel/model/decision.ts'
import type { Effect } from '../../src/kernel/model/effect.ts'
import { type Execution, isFinished } from '../../src/kernel/model/execution.ts'
import type { Fact } from '../../src/kernel/model/fact.ts'
import type { Flow } from '../../src/kernel/model/flow.ts'
import type { Message } from '../../src/kernel/model/message.ts'
import { waitingFor } from '../../src/kernel/waiting-for.ts'

/** One decision with all that surrounds it. */
export interface Observation {
  readonly flow: Flow
  readonly before: Execution | undefined
  readonly message: Message
  readonly decision: Decision
  /** All facts of the execution, this decision's included. */
  readonly journal: readonly Fact[]
  /** Ids in the outbox, as the effects so far made it. */
  readonly outbox: ReadonlySet<string>
}

export type Invariant = (observation: Observation) => string | undefined

/** The numbered invariants of SPEC.md: each tells what is wrong, or nothing. */
export const invariants: Readonly<Record<string, Invariant>> = {
  I1: doneIsForEver,
  I2: replayEqualsLive,
  I3: rejectionLeavesNoTrace,
  I4: everyEffectHasAFact,
  I5: outboxMirrorsPending,
  I6: commandIdsAreUnique,
  I7: rollbackUndoesInReverse,
  I8: lateTimersAreStale,
  I9: nothingIsUnbounded,
  I10: somethingCanWakeIt,
  I11: answersApplyOnce,
  I12: noFactWithoutAMessage,
  I14: logsAreReadOnceInOrder,
}

function doneIsForEver({ before, message, decision }: Observation): string | undefined {
  const after = decision.execution
  if (before === undefined || after === undefined || !isFinished(before)) return undefined
  if (message.kind === 'roll-back' || message.kind === 'retry' || message.kind === 'skip') {
    return undefined
  }
  const same =
    after.status === before.status &&
    after.node === before.node &&
    isDeepStrictEqual(after.state, before.state) &&
    isDeepStrictEqual(after.outcome, before.outcome) &&
    isDeepStrictEqual(after.compensations, before.compensations)
  return same ? undefined : `finished as ${before.status}, then changed by ${message.kind}`
}

function replayEqualsLive({ decision, journal }: Observation): string | undefined {
  const after = decision.execution
  if (after === undefined) return undefined
  return isDeepStrictEqual(replay(journal), after) ? undefined : 'folding the journal differs'
}

function rejectionLeavesNoTrace({ before, decision }: Observation): string | undefined {
  if (decision.kind === 'accepted') return undefined
  if (decision.facts.some((fact) => fact.kind !== 'message-rejected')) {
    return 'a rejection left another fact than the rejection'
  }
  if (before === undefined || decision.execution === undefined) return undefined
  const was = withoutNotes(before)
  const is = withoutNotes(decision.execution)
  return isDeepStrictEqual(was, is) ? undefined : 'a rejection changed the execution'
}

/** Without what the recorded rejection itself changes. */
function withoutNotes(execution: Execution): Partial<Execution> {
  const { revision: _r, notes: _n, updatedAt: _u, positions: _p, ...rest } = execution
  return rest
}

function everyEffectHasAFact({ decision }: Observation): string | undefined {
  if (decision.kind === 'rejected') return undefined
  const unexplained = decision.effects.find((effect) => !isExplained(effect, decision.facts))
  return unexplained === undefined ? undefined : `no fact explains ${JSON.stringify(unexplained)}`
}

function isExplained(effect: Effect, facts: readonly Fact[]): boolean {
  switch (effect.kind) {
    case 'send-command':
      return facts.some((fact) => fact.kind === 'command-issued' && fact.id === effect.commandId)
    case 'resend-command':
      return facts.some(
        (fact) =>
          (fact.kind === 'command-failed' || fact.kind === 'command-resent') &&
          fact.id === effect.commandId,
      )
    case 'withdraw-command':
      return facts.some((fact) => fact.kind === 'command-withdrawn' && fact.id === effect.commandId)
    case 'close-command':
      return facts.some(
        (fact) =>
          ((fact.kind === 'command-accepted' || fact.kind === 'command-failed') &&
            fact.id === effect.commandId) ||
          ('commandId' in fact && fact.commandId === effect.commandId),
      )
  }
}

function outboxMirrorsPending({ decision, outbox }: Observation): string | undefined {
  const pending = decision.execution?.pending.map(({ id }) => id) ?? []
  return isDeepStrictEqual(new Set(pending), new Set(outbox))
    ? undefined
    : `pending ${pending.join()} but in the outbox ${[...outbox].join()}`
}

function commandIdsAreUnique({ journal }: Observation): string | undefined {
  const ids = journal.flatMap((fact) => (fact.kind === 'command-issued' ? [fact.id] : []))
  return new Set(ids).size === ids.length ? undefined : 'a command id was issued twice'
}

function rollbackUndoesInReverse({ journal, decision }: Observation): string | undefined {
  const remembered: string[] = []
  let started: string | undefined
  for (const fact of journal) {
    if (fact.kind === 'compensation-remembered') remembered.push(fact.id)
    if (fact.kind === 'compensation-started') {
      if (fact.id !== remembered.at(-1)) return `undid ${fact.id} before ${remembered.at(-1)}`
      started = fact.id
    }
    if (fact.kind === 'compensation-completed' || fact.kind === 'compensation-skipped') {
      if (fact.id !== started || remembered.pop() !== fact.id) return `ended ${fact.id} out of turn`
    }
  }
  const after = decision.execution
  if (after?.status !== 'rolled-back') return undefined
  return remembered.length === 0 ? undefined : `rolled back, but ${remembered.join()} not undone`
}

function lateTimersAreStale({ before, message, decision }: Observation): string | undefined {
  if (message.kind !== 'fire-timer' || before === undefined) return undefined
  const isSet = before.timers.some(({ id, at }) => id === message.timerId && at <= message.at)
  if (isSet) return undefined
  return decision.facts.length === 0 ? undefined : 'a timer that was not set had an effect'
}

function nothingIsUnbounded({ flow, decision }: Observation): string | undefined {
  const after = decision.execution
  if (after === undefined) return undefined
  if (after.visits > flow.nodesMax + 2 * flow.nodes.size) return `entered ${after.visits} nodes`
  if (after.kept.length > limits.keptEvents) return `kept ${after.kept.length} events`
  if (after.notes > limits.notesPerExecution + 1) return `recorded ${after.notes} notes`
  return undefined
}

function somethingCanWakeIt({ flow, decision }: Observation): string | undefined {
  const after = decision.execution
  if (after === undefined || isFinished(after)) return undefined
  return waitingFor(flow, after).length > 0 ? undefined : `nothing can wake it in ${after.node}`
}

function answersApplyOnce({ journal }: Observation): string | undefined {
  const answered = journal.flatMap((fact) =>
    fact.kind === 'event-applied' && fact.commandId !== undefined ? [fact.commandId] : [],
  )
  return new Set(answered).size === answered.length ? undefined : 'an answer was applied twice'
}

function noFactWithoutAMessage({ decision, message }: Observation): string | undefined {
  const stray = decision.facts.find((fact) => fact.at !== message.at)
  return stray === undefined ? undefined : `${stray.kind} has another time than its message`
}

function logsAreReadOnceInOrder({ journal, decision }: Observation): string | undefined {
  const positions: Record<string, number> = {}
  for (const fact of journal) {
    if (!('origin' in fact) || fact.origin === undefined) continue
    const { source, position } = fact.origin
    if (position <= (positions[source] ?? -1)) return `${source} was read at ${position} again`
    positions[source] = position
  }
  return isDeepStrictEqual(decision.execution?.positions ?? {}, positions)
    ? undefined
    : 'the positions are not those of the journal'
}
