import { decide } from '../../../kernel/decide/decide.ts'
import type { Execution } from '../../../kernel/model/execution.ts'
import type { Fact } from '../../../kernel/model/fact.ts'
import type { Flow } from '../../../kernel/model/flow.ts'
import type { Message } from '../../../kernel/model/message.ts'
import { soundsReadOnly } from '../naming.ts'
import { saysFailed } from '../rollbacks.ts'
import { waysOut } from '../ways-out.ts'
import { type Answers, senderKey } from './answers.ts'
import { withNodesMax } from './flow-under-search.ts'
import type { GuardAnswer, GuardOracle } from './guard-oracle.ts'
import type { Move } from './moves.ts'
import { movesText } from './moves-text.ts'
import { type SearchState, withoutRepeats } from './search-state.ts'

/** A state that a move leads to, with the facts that it left, and those as lines of a trace. */
export interface Step {
  readonly before?: SearchState
  readonly state: SearchState
  readonly facts: readonly Fact[]
  readonly moves: readonly string[]
}

/** What the search runs on. */
export interface World {
  readonly flow: Flow
  readonly oracle: GuardOracle
  readonly answers: Answers
}

/** Ways of answering a move's guards; a flow with more in one step is not explored whole. */
const guardRunsMax = 64

/** Every state that a move can lead to, one for each way in which its guards can turn out. */
export function stepsOf(
  world: World,
  before: SearchState | undefined,
  move: Move,
): { readonly steps: readonly Step[]; readonly complete: boolean } {
  const steps: Step[] = []
  const { complete } = world.oracle.enumerate((given) => {
    const step = stepOf(world, before, move, given)
    if (step !== undefined) steps.push(step)
  }, guardRunsMax)
  return { steps, complete }
}

function stepOf(
  world: World,
  before: SearchState | undefined,
  move: Move,
  given: () => readonly GuardAnswer[],
): Step | undefined {
  const visits = before?.execution.visits ?? 0
  const flow = withNodesMax(world.flow, visits + world.flow.nodes.size + 1)
  const decided = run(flow, before?.execution, move.message)
  if (decided === undefined) return undefined
  const { execution, facts } = withSideCommandsAccepted(flow, decided)
  const moves = movesText(world.flow, before?.execution, facts, given())
  const state = nextState(world, before, move, execution, facts)
  return { ...(before === undefined ? {} : { before }), state, facts, moves }
}

interface Decided {
  readonly execution: Execution
  readonly facts: readonly Fact[]
}

function run(flow: Flow, execution: Execution | undefined, message: Message): Decided | undefined {
  const decision = decide(flow, execution, message)
  if (decision.kind === 'rejected') return undefined
  // This way of answering the guards goes in circles; the others have a step of their own.
  const circles = decision.facts.some(
    (fact) => fact.kind === 'failed' && fact.code === 'NODES_LIMIT',
  )
  return circles ? undefined : decision
}

/** Side commands hold nobody up, so that their delivery need not be interleaved. */
function withSideCommandsAccepted(flow: Flow, decided: Decided): Decided {
  const facts = [...decided.facts]
  let { execution } = decided
  for (const { id, purpose } of decided.execution.pending) {
    if (purpose !== 'also') continue
    const at = execution.updatedAt
    const message = { kind: 'accept-command', id: `${id}.accepted`, at, commandId: id } as const
    const after = run(flow, execution, message)
    if (after === undefined) continue
    execution = after.execution
    facts.push(...after.facts)
  }
  return { execution, facts }
}

function nextState(
  world: World,
  before: SearchState | undefined,
  move: Move,
  execution: Execution,
  facts: readonly Fact[],
): SearchState {
  const unanswered = new Set(before?.unanswered)
  const spent = new Set(before?.spent)
  const effects = new Set(before?.effects)
  const effectsRolledOver = new Set(before?.effectsRolledOver)
  let supposed = before?.supposed ?? false

  const stayed = facts.some(({ kind }) => kind === 'stayed')
  if (move.answers !== undefined && !stayed) unanswered.delete(move.answers)
  for (const fact of facts) {
    if (fact.kind === 'entered') {
      spent.clear()
      const effect = effectLeft(world.flow, fact)
      if (effect !== undefined) effects.add(effect)
    } else if (fact.kind === 'event-ignored' && fact.reason === 'guarded') {
      spent.add(fact.event)
      supposed = true
    } else if (fact.kind === 'failed' && fact.code === 'NO_WAY_OUT') {
      supposed = true
    } else if (fact.kind === 'command-issued' && fact.purpose !== 'undo') {
      const sender = senderKey(fact)
      if (world.answers.eventsOf(sender).size > 0) unanswered.add(sender)
    } else if (fact.kind === 'rollback-started') {
      for (const node of effects) effectsRolledOver.add(node)
    }
  }
  if (firedInVain(facts)) supposed = true
  const { rollback } = execution
  const node = rollback === undefined ? execution.node : rollback.target
  for (const sender of unanswered) {
    if (node === undefined || !world.answers.matters(sender, node)) unanswered.delete(sender)
  }
  return {
    execution: withoutRepeats(execution, before?.execution),
    unanswered,
    spent,
    effects,
    effectsRolledOver,
    supposed,
  }
}

/** A timer whose guards do not hold leaves nothing but the fact that it fired. */
function firedInVain(facts: readonly Fact[]): boolean {
  return facts.length === 1 && facts[0]?.kind === 'timer-fired'
}

/**
 * The node that was left after its activity was carried out, if nothing would undo it. An event that
 * leads straight into a failure says, whatever its name, that the activity came to nothing.
 */
function effectLeft(flow: Flow, fact: Fact & { readonly kind: 'entered' }): string | undefined {
  const node = flow.nodes.get(fact.from ?? '')
  if (node?.activity === undefined || node.undo !== undefined || node.undoNone === true)
    return undefined
  if (soundsReadOnly(node.activity.send.command)) return undefined
  if (flow.nodes.get(fact.node)?.final === 'failure') return undefined
  const { by } = fact
  if (by.kind === 'condition') return node.id
  if (by.kind !== 'event') return undefined
  const taken = waysOut(node).filter(
    (way) =>
      way.by.kind === 'event' &&
      way.by.event === by.event &&
      way.transition.to.kind === 'node' &&
      way.transition.to.node === fact.node,
  )
  return taken.some((way) => saysFailed(way)) ? undefined : node.id
}
