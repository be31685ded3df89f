import type { Cause, Compensation } from '../model/execution.ts'
import type { Json } from '../model/json.ts'
import type { Node, Undo } from '../model/node.ts'
import { nextCommandId, sendCommand, withdrawActivity } from './commands.ts'
import { addFact, type Draft, plan, type Step } from './draft.ts'
import { nodeOf, outcomeOf } from './nodes.ts'
import { evaluate, type EventInScope } from './scope.ts'

/** Remembers that a node's activity has (or may have) happened, so that a rollback undoes it. */
export function rememberCompensation(
  draft: Draft,
  node: Node,
  outcome: Compensation['outcome'],
  event?: EventInScope,
): void {
  if (node.undo === undefined || node.activity === undefined) return
  const id = String(draft.execution.visits)
  // Left before on this visit, towards a node that could not be entered: it has happened once.
  if (draft.execution.compensations.some((compensation) => compensation.id === id)) return
  const data =
    node.undo.send.data === undefined ? undefined : evaluate(draft, node.undo.send.data, event)
  addFact(draft, {
    kind: 'compensation-remembered',
    id,
    node: node.id,
    outcome,
    // Data that cannot be made would lose the undo; the whole state is the better message.
    ...(data?.ok === true ? { data: data.value } : {}),
  })
}

/** Begins to undo what was done, latest first. */
export function startRollback(draft: Draft, request: Extract<Step, { kind: 'roll-back' }>): void {
  const node = draft.flow.nodes.get(draft.execution.node)
  if (node !== undefined) {
    withdrawActivity(draft, node)
    if (request.ownUndo) rememberCompensation(draft, node, 'unknown')
  }
  addFact(draft, {
    kind: 'rollback-started',
    ...(request.target === undefined ? {} : { target: request.target }),
    by: request.by,
    ...(request.milestone === undefined ? {} : { milestone: request.milestone }),
  })
  plan(draft, { kind: 'next-compensation' })
}

/** Starts the next compensation, or ends the rollback when none is left. */
export function continueRollback(draft: Draft): void {
  const next = draft.execution.compensations.findLast(({ status }) => status === 'remembered')
  if (next === undefined) endRollback(draft)
  else startCompensation(draft, next, 1)
}

/**
 * Sends the undo command of one compensation, as one attempt.
 *
 * @param data replaces the data from here on
 */
export function startCompensation(
  draft: Draft,
  compensation: Compensation,
  attempt: number,
  data?: Json,
): void {
  const undo = undoOf(draft, compensation)
  const { message } = draft
  const deadline = undo.done === undefined ? undefined : undo.withinMs
  addFact(draft, {
    kind: 'compensation-started',
    id: compensation.id,
    node: compensation.node,
    attempt,
    commandId: nextCommandId(draft),
    timers:
      deadline === undefined
        ? []
        : [
            {
              id: `undo.${compensation.id}.${attempt}.deadline`,
              at: message.at + deadline,
              purpose: { kind: 'compensation-deadline' },
            },
          ],
    ...(data === undefined ? {} : { data }),
  })
  sendCommand(draft, undo.send, 'undo', compensation.node, data ?? compensation.data)
}

export function undoOf(draft: Draft, compensation: { readonly node: string }): Undo {
  const { undo } = nodeOf(draft, compensation.node)
  if (undo === undefined) throw new Error(`expected an undo on node '${compensation.node}'`)
  return undo
}

function endRollback(draft: Draft): void {
  const { rollback } = draft.execution
  if (rollback !== undefined) draft.rollbackCause = rollback.cause
  const by: Cause = { kind: 'rollback' }
  if (rollback?.target !== undefined) {
    plan(draft, { kind: 'enter', node: rollback.target, by })
    return
  }
  const outcome = outcomeOf(draft, by)
  addFact(draft, {
    kind: 'finished',
    status: 'rolled-back',
    ...(outcome === undefined ? {} : { outcome }),
  })
}
