import type { Cause, Execution } from '../../../kernel/model/execution.ts'
import type { Fact } from '../../../kernel/model/fact.ts'
import type { Flow } from '../../../kernel/model/flow.ts'
import { formatDuration } from '../../duration.ts'
import { rollbackText } from '../ways-out.ts'
import type { GuardAnswer } from './guard-oracle.ts'

/** The facts of one step as lines that a person can follow; bookkeeping is left out. */
export function movesText(
  flow: Flow,
  before: Execution | undefined,
  facts: readonly Fact[],
  guards: readonly GuardAnswer[],
): readonly string[] {
  let node = before?.node ?? ''
  const lines: string[] = []
  for (const fact of facts) {
    const line = lineOf(flow, before, node, fact)
    if (line !== undefined) lines.push(line)
    if (fact.kind === 'entered') node = fact.node
  }
  if (lines.length === 0 && facts.some(({ kind }) => kind === 'timer-fired')) {
    lines.push(`${node}: the timer fires, no guard holds`)
  }
  const first = lines[0]
  return first === undefined || guards.length === 0
    ? lines
    : [`${first}  (${guardsText(guards)})`, ...lines.slice(1)]
}

function lineOf(
  flow: Flow,
  before: Execution | undefined,
  node: string,
  fact: Fact,
): string | undefined {
  switch (fact.kind) {
    case 'entered':
      if (fact.by.kind === 'start') return `start → ${fact.node}`
      if (fact.by.kind === 'rollback') return `rolled back → ${fact.node}`
      return `${node} —${causeText(fact.by)}→ ${fact.node}`
    case 'stayed':
      return `${node} —${causeText(fact.by)}→ ${node} (stays)`
    case 'rollback-started':
      return `${node} —${causeText(fact.by)}→ ${rollbackText(fact.target)}`
    case 'compensation-started': {
      const command = flow.nodes.get(fact.node)?.undo?.send.command ?? ''
      return `undo of ${fact.node}: ${command}${fact.attempt === 1 ? '' : ', again'}`
    }
    case 'compensation-failed':
      return 'the undo fails'
    case 'event-ignored':
      return fact.reason === 'guarded'
        ? `${node}: ${fact.event} comes, no guard holds, it is ignored`
        : `${node}: ${fact.event} comes ${fact.reason}, it is ignored`
    case 'event-kept':
      return `${node}: ${fact.event} comes early, it is kept`
    case 'command-failed': {
      const command = before?.pending.find(({ id }) => id === fact.id)
      return `${node}: ${command?.command ?? fact.id} cannot be delivered`
    }
    case 'incident-raised':
      return `${node}: an incident waits for a person`
    default:
      return undefined
  }
}

function causeText(cause: Cause): string {
  switch (cause.kind) {
    case 'event':
      return cause.event
    case 'timer':
      return `after ${formatDuration(cause.delayMs)}`
    case 'condition':
      return 'next'
    case 'failure':
      return 'onFailure'
    case 'start':
    case 'rollback':
    case 'operator':
      return cause.kind
  }
}

function guardsText(guards: readonly GuardAnswer[]): string {
  return guards.map(({ guard, holds }) => (holds ? `if ${guard}` : `not ${guard}`)).join(', ')
}
