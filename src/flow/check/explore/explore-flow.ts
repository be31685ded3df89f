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
import { kindOf, marksOf, type SearchState } from './search-state.ts'
import { type Step, stepsOf, type World } from './step.ts'
import { findStuck } from './stuck-execution.ts'
import { findSuccessUndone } from './success-leaves-undone.ts'

export interface ExploreOptions {
  readonly file?: string
  /** The search ends after so many states, and says so. */
  readonly statesMax?: number
}

const defaultStatesMax = 20_000

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
  const answers = new Answers(flow)
  const world: World = { flow: flowUnderSearch(flow, oracle), oracle, answers }
  const findings = new Map<string, Finding>()
  const queue: SearchState[] = []
  const covered = new Coverage()
  let complete = true

  const look = (move: Move, before?: SearchState): void => {
    const found = stepsOf(world, before, move)
    complete &&= found.complete
    for (const step of found.steps) {
      for (const finding of findingsOf(world, step, flow, locate)) {
        const place = `${finding.code} ${finding.path.join('\n')}`
        if (!findings.has(place)) findings.set(place, finding)
      }
      if (covered.adds(step.state)) queue.push(step.state)
    }
  }

  look(startMove)
  // The queue grows while it is walked.
  for (let index = 0; index < queue.length && index < statesMax; index += 1) {
    const state = queue[index]
    if (state === undefined) break
    for (const move of movesOf(world.flow, answers, state)) look(move, state)
  }
  complete &&= queue.length <= statesMax
  return complete ? [...findings.values()] : [...findings.values(), bounded(statesMax)]
}

const startMove: Move = {
  message: { kind: 'start-execution', id: 'start', at: 0, executionId: 'e', key: 'k', input: {} },
  wakes: true,
}

function findingsOf(world: World, step: Step, flow: Flow, locate: Locate): readonly Finding[] {
  if (isFinished(step.state.execution)) {
    return [...findFailureEffects(flow, step, locate), ...findSuccessUndone(flow, step, locate)]
  }
  return findStuck(step.state, movesOf(world.flow, world.answers, step.state))
}

/**
 * Knows what was explored. Of two states of one kind the second need not be, unless it carries a mark
 * that no state of its kind has carried: marks have no influence on each other, so that exploring
 * each of them once is as good as exploring all sets of them.
 */
class Coverage {
  readonly #marksByKind = new Map<string, Set<string>>()

  adds(state: SearchState): boolean {
    const kind = kindOf(state)
    const known = this.#marksByKind.get(kind)
    const marks = marksOf(state)
    if (known === undefined) {
      this.#marksByKind.set(kind, new Set(marks))
      return true
    }
    const sizeBefore = known.size
    for (const mark of marks) known.add(mark)
    return known.size > sizeBefore
  }
}

function bounded(statesMax: number): Finding {
  return {
    code: 'EXPLORATION_BOUNDED',
    message: `Expected to explore every state that an execution can get into, found more than ${statesMax}. What was explored is reported; the rest is not known.`,
    path: ['states'],
  }
}
