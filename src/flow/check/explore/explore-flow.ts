import { isFinished } from '../../../kernel/model/execution.ts'
import type { Flow } from '../../../kernel/model/flow.ts'
import type { Locate } from '../../compilation.ts'
import type { Diagnostic } from '../../diagnostic.ts'
import { type Finding, toDiagnostics } from '../finding.ts'
import { Answers } from './answers.ts'
import { findFailureEffects } from './failure-leaves-effects.ts'
import { flowUnderSearch } from './flow-under-search.ts'
import { GuardOracle } from './guard-oracle.ts'
import { type Move, movesOf } from './moves.ts'
import { type Arrival, type KnownState, KnownStates } from './known-states.ts'
import { type Step, stepsOf, type World } from './step.ts'
import { findStuck } from './stuck-execution.ts'
import { findSuccessUndone } from './success-leaves-undone.ts'

export interface ExploreOptions {
  readonly file?: string
  /** The search ends after so many states, or after as much work as that, and says so. */
  readonly statesMax?: number
}

const defaultStatesMax = 20_000
/** What a state may cost on average; where all are dearer, their cost bounds the search. */
const costPerState = 8
/** A step that carries so many remembered compensations costs twice as much as one without. */
const compensationsPerStep = 16

/**
 * Runs the real kernel against every order of what can happen to an execution of the flow: answers,
 * other events, timers, deliveries and compensations that fail. Breadth first, so that what is
 * reported is reached on a shortest way. Guards may turn out either way; data are left out.
 */
export function exploreFlow(
  flow: Flow,
  locate: Locate,
  options: ExploreOptions = {},
): readonly Diagnostic[] {
  const findings = explore(flow, locate, options.statesMax ?? defaultStatesMax)
  return toDiagnostics(findings, locate, options.file)
}

function explore(flow: Flow, locate: Locate, statesMax: number): readonly Finding[] {
  const oracle = new GuardOracle()
  const world: World = {
    flow: flowUnderSearch(flow, oracle),
    oracle,
    answers: new Answers(flow),
  }
  const known = new KnownStates()
  const findings = new Map<string, Finding>()
  let stepCount = 0
  let cost = 0
  let complete = true

  const make = (move: Move, from?: KnownState): void => {
    const found = stepsOf(world, from?.state, move)
    complete &&= found.complete
    for (const step of found.steps) {
      stepCount += 1
      const { state, moves } = step
      cost += 1 + state.execution.compensations.length / compensationsPerStep
      const arrival = { state, moves, number: stepCount, ...(from === undefined ? {} : { from }) }
      for (const finding of findingsOf(world, step, arrival, flow, locate)) {
        const place = `${finding.code} ${finding.path.join('\n')}`
        if (!findings.has(place)) findings.set(place, finding)
      }
      if (!isFinished(state.execution)) known.add(arrival)
    }
  }

  make(startMove)
  let explored = 0
  for (let next = known.take(); next !== undefined; next = known.take()) {
    explored += 1
    if (explored > statesMax || cost > statesMax * costPerState) {
      complete = false
      break
    }
    for (const move of movesOf(world.flow, world.answers, next.state)) make(move, next)
  }
  return complete ? [...findings.values()] : [...findings.values(), bounded(explored)]
}

const startMove: Move = {
  message: { kind: 'start-execution', id: 'start', at: 0, executionId: 'e', key: 'k', input: {} },
  wakes: true,
}

function findingsOf(
  world: World,
  step: Step,
  arrival: Arrival,
  flow: Flow,
  locate: Locate,
): readonly Finding[] {
  if (isFinished(step.state.execution)) {
    return [
      ...findFailureEffects(flow, step, arrival, locate),
      ...findSuccessUndone(flow, step, arrival, locate),
    ]
  }
  return findStuck(arrival, movesOf(world.flow, world.answers, step.state))
}

function bounded(explored: number): Finding {
  return {
    code: 'EXPLORATION_BOUNDED',
    message: `Expected to explore every state that an execution can get into, found too many: the search ended after ${explored}. What it found is reported; of the rest nothing is known.`,
    path: ['states'],
  }
}
