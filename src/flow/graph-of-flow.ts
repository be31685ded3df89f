import type { Flow } from '../kernel/model/flow.ts'
import type { CommandTemplate, Node } from '../kernel/model/node.ts'
import type { Transition } from '../kernel/model/transition.ts'
import type { FlowGraph, GraphEdge, GraphNode } from './graph.ts'

/** The compiled flow as plain data. */
export function graphOfFlow(flow: Flow): FlowGraph {
  const nodes = [...flow.nodes.values()]
  return {
    id: flow.id,
    kind: flow.kind,
    ...(flow.title === undefined ? {} : { title: flow.title }),
    ...(flow.description === undefined ? {} : { description: flow.description }),
    startNode: flow.startNode,
    stages: flow.stages.map(({ id, title }) => ({ id, ...(title === undefined ? {} : { title }) })),
    nodes: nodes.map(graphNode),
    edges: nodes.flatMap(edgesOf),
  }
}

function graphNode(node: Node): GraphNode {
  const { title, description, stage, final, activity, undo } = node
  return {
    id: node.id,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(stage === undefined ? {} : { stage }),
    ...(final === undefined ? {} : { final }),
    ...(activity === undefined ? {} : { send: commandOf(activity.send) }),
    also: node.also.map(commandOf),
    ...(undo === undefined
      ? {}
      : {
          undo: {
            ...commandOf(undo.send),
            ...(undo.done === undefined ? {} : { done: undo.done }),
          },
        }),
  }
}

function commandOf({ command, channel }: CommandTemplate): { command: string; channel: string } {
  return { command, channel }
}

function edgesOf(node: Node): readonly GraphEdge[] {
  const byEvent = [...node.on].flatMap(([event, transitions]) =>
    transitions.map((transition) => edge(node, { kind: 'event', event }, transition)),
  )
  const byTimer = node.after.flatMap(({ delayMs, transitions }) =>
    transitions.map((transition) => edge(node, { kind: 'timer', delayMs }, transition)),
  )
  const byCondition = node.next.map((transition) => edge(node, { kind: 'condition' }, transition))
  return [...byEvent, ...byTimer, ...byCondition]
}

function edge(node: Node, by: GraphEdge['by'], transition: Transition): GraphEdge {
  const { to, guard, milestone, failed } = transition
  const target = to.kind === 'stay' ? undefined : to.node
  return {
    from: node.id,
    ...(target === undefined ? {} : { to: target }),
    by,
    rollback: to.kind === 'rollback',
    stay: to.kind === 'stay',
    failed,
    ...(guard === undefined ? {} : { guard: guard.source }),
    ...(milestone === undefined ? {} : { milestone }),
  }
}
