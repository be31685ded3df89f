import type { Fact } from '../../../src/kernel/model/fact.ts'
import type { Coverage, Happening } from '../coverage.ts'

export function countFacts(coverage: Coverage, facts: readonly Fact[]): void {
  for (const fact of facts) {
    const happening = happeningOf(fact)
    if (happening !== undefined) coverage.count(happening)
  }
}

const endings = {
  completed: 'executions completed',
  failed: 'executions failed',
  'rolled-back': 'executions rolled back',
  cancelled: 'executions cancelled',
} as const

function happeningOf(fact: Fact): Happening | undefined {
  switch (fact.kind) {
    case 'event-kept':
      return 'events kept'
    case 'timer-fired':
      return 'timers fired'
    case 'rollback-started':
      return fact.by.kind === 'operator' ? 'rollbacks by operators' : 'rollbacks'
    case 'compensation-completed':
      return 'compensations completed'
    case 'incident-raised':
      return 'incidents'
    case 'paused':
      return 'pauses'
    case 'resumed':
      return 'resumes'
    case 'finished':
      return endings[fact.status]
    case 'entered':
      return fact.by.kind === 'operator' ? 'moves' : undefined
    default:
      return undefined
  }
}
