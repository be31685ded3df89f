import type { Cause } from '../../../kernel/model/execution.ts'
import type { Fact } from '../../../kernel/model/fact.ts'
import type { Flow } from '../../../kernel/model/flow.ts'
import type { Locate } from '../../compilation.ts'
import type { Path } from '../finding.ts'
import { pathOfWay, type WayOut, waysOut } from '../ways-out.ts'
import type { Step } from './step.ts'

/** How an execution came to its end. */
export interface Ending {
  /** The transition that led there; absent when the flow's failure policy did. */
  readonly way?: WayOut
  readonly path: Path
}

/** Finds the transition that led to the end, also when a rollback ran in between. */
export function endingOf(flow: Flow, step: Step, locate: Locate): Ending {
  if (step.facts.some((fact) => fact.kind === 'failed')) return { path: ['onFailure'] }
  const entered = step.facts.findLast((fact) => fact.kind === 'entered')
  const rollback = rollbackBefore(step)
  const direct = entered !== undefined && entered.by.kind !== 'rollback'
  const by = direct ? entered.by : rollback?.cause
  const node = direct ? entered.from : step.before?.execution.node
  const target = entered?.node ?? step.state.execution.node
  if (by === undefined || node === undefined) return { path: ['states', target] }
  const way = wayOf(flow, node, by, target)
  if (way !== undefined) return { way, path: pathOfWay(way, locate) }
  return { path: by.kind === 'failure' ? ['onFailure'] : ['states', target] }
}

function rollbackBefore(step: Step): { readonly cause: Cause } | undefined {
  const started = step.facts.findLast(
    (fact): fact is Fact & { readonly kind: 'rollback-started' } =>
      fact.kind === 'rollback-started',
  )
  return started === undefined ? step.before?.execution.rollback : { cause: started.by }
}

function wayOf(flow: Flow, node: string, by: Cause, target: string): WayOut | undefined {
  const from = flow.nodes.get(node)
  if (from === undefined) return undefined
  return waysOut(from).find(({ by: trigger, transition: { to } }) => {
    if (to.kind === 'stay' || to.node !== target) return false
    switch (trigger.kind) {
      case 'event':
        return by.kind === 'event' && by.event === trigger.event
      case 'timer':
        return by.kind === 'timer' && by.delayMs === trigger.delayMs
      case 'condition':
        return by.kind === 'condition'
    }
  })
}
