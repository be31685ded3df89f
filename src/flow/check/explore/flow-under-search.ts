import type { Expression } from '../../../kernel/model/expression.ts'
import type { Flow } from '../../../kernel/model/flow.ts'
import type { CommandTemplate, Node, Undo } from '../../../kernel/model/node.ts'
import type { RetryPolicy } from '../../../kernel/model/retry-policy.ts'
import type { Transition } from '../../../kernel/model/transition.ts'
import type { GuardOracle } from './guard-oracle.ts'

/**
 * The flow as the search runs it: guards are answered by the oracle, data is left out, everything
 * else is what the real kernel will run. A retried delivery leads back to the state before it, so
 * one attempt stands for all; of a compensation's attempts two are made.
 */
export function flowUnderSearch(flow: Flow, oracle: GuardOracle): Flow {
  const nodes = [...flow.nodes.values()].map(
    (node) => [node.id, nodeUnderSearch(node, oracle)] as const,
  )
  const { key: _key, inputCheck: _inputCheck, output: _output, ...rest } = flow
  return {
    ...rest,
    initialState: {},
    stateFromInput: true,
    merge: 'none',
    retry: withAttempts(flow.retry, 1),
    nodes: new Map(nodes),
  }
}

/** One step that enters more nodes than there are goes in circles: the kernel ends it there. */
export function withNodesMax(flow: Flow, nodesMax: number): Flow {
  return { ...flow, nodesMax }
}

function nodeUnderSearch(node: Node, oracle: GuardOracle): Node {
  const { set: _set, undo, ...rest } = node
  const transitions = (trigger: string, list: readonly Transition[]) =>
    list.map((transition) => transitionUnderSearch(transition, `${node.id} ${trigger}`, oracle))
  return {
    ...rest,
    ...(node.activity === undefined
      ? {}
      : { activity: { kind: 'send', send: withoutData(node.activity.send) } }),
    also: node.also.map((template) => withoutData(template)),
    on: new Map([...node.on].map(([event, list]) => [event, transitions(`on ${event}`, list)])),
    after: node.after.map((timed) => ({
      ...timed,
      transitions: transitions(`after ${timed.delayMs}`, timed.transitions),
    })),
    next: transitions('next', node.next),
    ...(undo === undefined ? {} : { undo: undoUnderSearch(undo) }),
  }
}

function undoUnderSearch(undo: Undo): Undo {
  return { ...undo, send: withoutData(undo.send), retry: withAttempts(undo.retry, 2) }
}

function withoutData({ channel, command }: CommandTemplate): CommandTemplate {
  return { channel, command }
}

function transitionUnderSearch(
  transition: Transition,
  choice: string,
  oracle: GuardOracle,
): Transition {
  const { to, failed, guard } = transition
  return { to, failed, ...(guard === undefined ? {} : { guard: answered(guard, choice, oracle) }) }
}

function answered({ source }: Expression, choice: string, oracle: GuardOracle): Expression {
  return { source, evaluate: () => ({ ok: true, value: oracle.answer(choice, source) }) }
}

function withAttempts(policy: RetryPolicy, attemptsMax: number): RetryPolicy {
  return { ...policy, attempts: Math.min(policy.attempts, attemptsMax), jitter: 0 }
}
