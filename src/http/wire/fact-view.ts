import type { Timer } from '../../kernel/model/execution.ts'
import type { Fact } from '../../kernel/model/fact.ts'
import type { Flow } from '../../kernel/model/flow.ts'
import type { Json } from '../../kernel/model/json.ts'
import { maskSecrets } from './secrets.ts'
import { toIso } from './time.ts'

/** A fact of the journal: its own properties, with its number and ISO times. */
export type FactView = {
  readonly sequence: number
  readonly kind: Fact['kind']
  readonly at: string
  readonly [property: string]: unknown
}

/** Properties of facts that hold data of the execution, where secrets may be. */
const dataProperties = ['input', 'state', 'data', 'values', 'output'] as const

export function factView(flow: Flow, sequence: number, fact: Fact): FactView {
  const view: Record<string, unknown> = { ...fact, ...timesOf(fact) }
  for (const property of dataProperties) {
    const value = view[property]
    if (value !== undefined) view[property] = maskSecrets(value as Json, flow.secrets)
  }
  return { ...view, sequence, kind: fact.kind, at: toIso(fact.at) }
}

function timesOf(fact: Fact): object {
  switch (fact.kind) {
    case 'entered':
    case 'compensation-started':
      return { timers: fact.timers.map(timerView) }
    case 'event-kept':
      return fact.expiresAt === undefined ? {} : { expiresAt: toIso(fact.expiresAt) }
    case 'command-failed':
      return fact.retryAt === undefined ? {} : { retryAt: toIso(fact.retryAt) }
    case 'compensation-failed':
      return fact.retry === undefined ? {} : { retry: timerView(fact.retry) }
    case 'incident-raised':
      return { incident: { ...fact.incident, at: toIso(fact.incident.at) } }
    default:
      return {}
  }
}

function timerView(timer: Timer): object {
  return { ...timer, at: toIso(timer.at) }
}
