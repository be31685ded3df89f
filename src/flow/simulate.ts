import { decide } from '../kernel/decide/decide.ts'
import type { Decision } from '../kernel/model/decision.ts'
import type { Effect } from '../kernel/model/effect.ts'
import { type Execution, isFinished } from '../kernel/model/execution.ts'
import type { Fact } from '../kernel/model/fact.ts'
import type { Flow } from '../kernel/model/flow.ts'
import type { Json, JsonObject } from '../kernel/model/json.ts'
import type { Message } from '../kernel/model/message.ts'

/** One thing that happens to the simulated execution. */
export type SimulationMove =
  | { readonly kind: 'start'; readonly input: JsonObject; readonly key?: string }
  | {
      readonly kind: 'event'
      readonly event: string
      readonly data?: Json
      /** The pending command that it answers. */
      readonly answers?: string
    }
  /** Time passes; timers that become due fire in their order. */
  | { readonly kind: 'wait'; readonly durationMs: number }
  /** A receiver takes a pending command. */
  | { readonly kind: 'accept'; readonly command: string }
  /** An attempt to deliver a pending command fails. */
  | {
      readonly kind: 'fail'
      readonly command: string
      readonly code: string
      readonly message: string
      readonly retryable: boolean
    }
  | { readonly kind: 'act'; readonly act: SimulatedAct }

export type SimulatedAct = { readonly actor: string; readonly reason: string } & (
  | { readonly kind: 'retry'; readonly data?: Json }
  | { readonly kind: 'skip' | 'cancel' | 'pause' | 'resume' }
  | { readonly kind: 'roll-back'; readonly target?: string }
  | { readonly kind: 'move'; readonly node: string }
)

/** What one move led to. */
export interface SimulationStep {
  /** Absent when it was taken. */
  readonly refusal?: { readonly code: string; readonly detail: string }
  /** Why an event had no effect. */
  readonly ignored?: string
  readonly facts: readonly Fact[]
  readonly commands: readonly Extract<Effect, { kind: 'send-command' }>[]
  readonly at: number
  /** As it is after the move; absent before a start that was taken. */
  readonly execution?: Execution
}

interface SimulationOptions {
  /** What `now()` is when the simulation begins. */
  readonly startAt: number
  readonly executionId?: string
}

/** Timers that one wait may fire: a flow whose timer leads back to itself would never end. */
const timersPerWaitMax = 1_000

/**
 * Runs a flow against a list of moves, with the kernel that runs real executions, and keeps nothing.
 * A script that does not begin with a start begins with one on empty input.
 */
export function simulate(
  flow: Flow,
  script: readonly SimulationMove[],
  options: SimulationOptions,
): readonly SimulationStep[] {
  const executionId = options.executionId ?? 'simulation'
  const first: SimulationMove = { kind: 'start', input: {} }
  const moves = script[0]?.kind === 'start' ? script : [first, ...script]
  const steps: SimulationStep[] = []
  let execution: Execution | undefined
  let at = options.startAt
  moves.forEach((move, index) => {
    const step = makeMove(flow, execution, move, { id: `${executionId}-${index}`, at, executionId })
    execution = step.execution
    at = step.at
    steps.push(step)
  })
  return steps
}

interface Envelope {
  readonly id: string
  readonly at: number
  readonly executionId: string
}

function makeMove(
  flow: Flow,
  execution: Execution | undefined,
  move: SimulationMove,
  envelope: Envelope,
): SimulationStep {
  if (move.kind === 'start') {
    if (execution !== undefined) {
      return refused(execution, envelope.at, 'EXECUTION_EXISTS', 'expected one start, found two')
    }
    return stepOf(decide(flow, undefined, startMessage(move, envelope)), undefined, envelope.at)
  }
  if (execution === undefined) {
    return refused(execution, envelope.at, 'EXECUTION_NOT_FOUND', 'expected a start that was taken')
  }
  if (move.kind === 'wait') return wait(flow, execution, move.durationMs, envelope)
  const message = messageOf(execution, move, envelope)
  if (typeof message === 'string') {
    return refused(execution, envelope.at, 'REQUEST_INVALID', message)
  }
  return stepOf(decide(flow, execution, message), execution, envelope.at)
}

function startMessage(
  move: Extract<SimulationMove, { kind: 'start' }>,
  envelope: Envelope,
): Message {
  return {
    kind: 'start-execution',
    ...envelope,
    input: move.input,
    ...(move.key === undefined ? {} : { key: move.key }),
  }
}

/** The kernel's message of a move, or a sentence that says why there is none. */
function messageOf(
  execution: Execution,
  move: Exclude<SimulationMove, { kind: 'start' | 'wait' }>,
  { id, at }: Envelope,
): Message | string {
  if (move.kind === 'act') return { ...move.act, id, at }
  if (move.kind === 'event') {
    const { event, data = {}, answers } = move
    if (answers === undefined) return { kind: 'apply-event', id, at, event, data }
    const commandId = pendingCommand(execution, answers)
    if (commandId === undefined) return noCommand(execution, answers)
    return { kind: 'apply-event', id, at, event, data, commandId }
  }
  const commandId = pendingCommand(execution, move.command)
  if (commandId === undefined) return noCommand(execution, move.command)
  if (move.kind === 'accept') return { kind: 'accept-command', id, at, commandId }
  const { code, message, retryable } = move
  return { kind: 'fail-command', id, at, commandId, code, message, retryable }
}

function pendingCommand(execution: Execution, name: string): string | undefined {
  return execution.pending.find(({ command }) => command === name)?.id
}

function noCommand(execution: Execution, name: string): string {
  const pending = execution.pending.map(({ command }) => command).join(', ') || 'none'
  return `expected the pending command '${name}', found ${pending}`
}

function wait(
  flow: Flow,
  before: Execution,
  durationMs: number,
  { id, at }: Envelope,
): SimulationStep {
  const until = at + durationMs
  const facts: Fact[] = []
  const commands: SimulationStep['commands'][number][] = []
  let execution = before
  for (let fired = 0; fired < timersPerWaitMax; fired += 1) {
    const timer = nextTimer(execution, until)
    if (timer === undefined) break
    const message: Message = {
      kind: 'fire-timer',
      id: `${id}-${fired}`,
      at: Math.max(at, timer.at),
      timerId: timer.id,
    }
    const step = stepOf(decide(flow, execution, message), execution, until)
    facts.push(...step.facts)
    commands.push(...step.commands)
    if (step.refusal !== undefined) return { ...step, facts, commands }
    execution = step.execution ?? execution
  }
  return { facts, commands, at: until, execution }
}

function nextTimer(execution: Execution, until: number): Execution['timers'][number] | undefined {
  if (isFinished(execution) || execution.status === 'paused') return undefined
  const due = execution.timers.filter((timer) => timer.at <= until)
  return due.toSorted((one, other) => one.at - other.at)[0]
}

function stepOf(decision: Decision, before: Execution | undefined, at: number): SimulationStep {
  if (decision.kind === 'rejected') {
    const { code, detail, facts } = decision
    const execution = decision.execution ?? before
    const step = { refusal: { code, detail }, facts, commands: [], at }
    return execution === undefined ? step : { ...step, execution }
  }
  const { answer, facts, effects, execution } = decision
  return {
    ...(answer.applied ? {} : { ignored: answer.reason }),
    facts,
    commands: effects.filter((effect) => effect.kind === 'send-command'),
    at,
    execution,
  }
}

function refused(
  execution: Execution | undefined,
  at: number,
  code: string,
  detail: string,
): SimulationStep {
  const step = { refusal: { code, detail }, facts: [], commands: [], at }
  return execution === undefined ? step : { ...step, execution }
}
