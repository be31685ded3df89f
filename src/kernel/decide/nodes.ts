import type { Cause, Outcome, Status, Timer } from '../model/execution.ts'
import type { Node } from '../model/node.ts'
import { isJsonObject } from '../model/json.ts'
import { issueCommand } from './commands.ts'
import { addFact, type Draft, type Failure, plan, type Step } from './draft.ts'
import { evaluate } from './scope.ts'

/** The flow's node of this name. Compiling made sure that every target exists. */
export function nodeOf(draft: Draft, id: string): Node {
  const node = draft.flow.nodes.get(id)
  if (node === undefined) throw new Error(`expected a node '${id}' in flow '${draft.flow.id}'`)
  return node
}

export function currentNode(draft: Draft): Node {
  return nodeOf(draft, draft.execution.node)
}

/** Enters a node: its timers start, its values are set, its commands are issued. */
export function enter(
  draft: Draft,
  { node: id, by, milestone }: Extract<Step, { kind: 'enter' }>,
): void {
  const node = nodeOf(draft, id)
  const { execution, flow } = draft
  if (execution.visits >= flow.nodesMax && node.final === undefined) {
    const failure = {
      code: 'NODES_LIMIT',
      message: `expected at most ${flow.nodesMax} nodes entered, found one more: '${id}'`,
    }
    plan(draft, { kind: 'fail', failure, ownUndo: false })
    return
  }
  addFact(draft, {
    kind: 'entered',
    node: id,
    ...(node.stage === undefined ? {} : { stage: node.stage }),
    ...(execution.node === '' ? {} : { from: execution.node }),
    by,
    ...(milestone === undefined ? {} : { milestone }),
    timers: timersOf(draft, node),
    status: restingStatus(node),
  })
  const failure = runEntry(draft, node)
  if (failure !== undefined) {
    plan(draft, { kind: 'fail', failure, ownUndo: false })
    return
  }
  if (node.final === undefined) draft.arrived = true
  else finish(draft, node, by)
}

/** The status of an execution that rests in a node. */
export function restingStatus(node: Node): Status {
  const waits = node.final === undefined && (node.on.size > 0 || node.after.length > 0)
  return waits ? 'waiting' : 'running'
}

function timersOf(draft: Draft, node: Node): readonly Timer[] {
  const visit = draft.execution.visits + 1
  return node.after.map((timed, index) => ({
    id: `${visit}.${index}`,
    at: draft.message.at + timed.delayMs,
    purpose: { kind: 'after', index },
  }))
}

function runEntry(draft: Draft, node: Node): Failure | undefined {
  if (node.set !== undefined) {
    const values = evaluate(draft, node.set)
    if (!values.ok) {
      return {
        code: 'EXPRESSION_FAILED',
        message: `expected values to set in '${node.id}', found: ${values.error}`,
      }
    }
    if (isJsonObject(values.value)) addFact(draft, { kind: 'state-set', values: values.value })
  }
  if (node.activity !== undefined) {
    const failure = issueCommand(draft, node.activity.send, 'activity', node.id)
    if (failure !== undefined) return failure
  }
  for (const template of node.also) {
    // A side command never stops the flow: one whose data cannot be made is not sent.
    issueCommand(draft, template, 'also', node.id)
  }
  return undefined
}

function finish(draft: Draft, node: Node, by: Cause): void {
  const { execution, flow } = draft
  const success = node.final === 'success'
  const outcome = success ? undefined : outcomeOf(draft, by)
  const output = flow.output === undefined ? undefined : evaluate(draft, flow.output)
  addFact(draft, {
    kind: 'finished',
    status: success ? 'completed' : execution.rolledBack ? 'rolled-back' : 'failed',
    ...(outcome === undefined ? {} : { outcome }),
    ...(output?.ok === true ? { output: output.value } : {}),
  })
}

/** Why an execution ended without success: the failure, else what led here. */
export function outcomeOf(draft: Draft, by: Cause): Outcome | undefined {
  const cause = by.kind === 'rollback' ? (draft.rollbackCause ?? by) : by
  switch (cause.kind) {
    case 'event':
      return { code: cause.event, message: `the event '${cause.event}' led to this end` }
    case 'timer':
      return { code: 'TIMEOUT', message: `no answer came within ${cause.delayMs} ms` }
    case 'failure':
      return { code: cause.code, message: cause.message }
    case 'operator':
      return { code: 'OPERATOR', message: cause.reason }
    case 'start':
    case 'condition':
    case 'rollback':
      return draft.execution.outcome
  }
}
