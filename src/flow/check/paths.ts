import type { Flow } from '../../kernel/model/flow.ts'
import type { Node } from '../../kernel/model/node.ts'
import { leaves, nodesOf, targetOf, type WayOut, waysOut, wayText } from './ways-out.ts'

/** Everything reachable from the starts by any number of steps, the starts included. */
export function reachableFrom(
  starts: Iterable<string>,
  successors: (id: string) => Iterable<string>,
): ReadonlySet<string> {
  const reached = new Set(starts)
  // A set grows while it is walked: what is added is walked too.
  for (const id of reached) {
    for (const next of successors(id)) reached.add(next)
  }
  return reached
}

/** The nodes that an execution can enter, without an operator's act. */
export function reachableNodes(flow: Flow): ReadonlySet<string> {
  const starts = [flow.startNode]
  const target = flow.onFailure.policy === 'incident' ? undefined : flow.onFailure.target
  if (target !== undefined) starts.push(target)
  return reachableFrom(starts, (id) => targetsOf(flow.nodes.get(id)))
}

/** The nodes that a node's transitions lead to. */
export function targetsOf(node: Node | undefined): readonly string[] {
  if (node === undefined) return []
  return waysOut(node)
    .map((way) => targetOf(way))
    .filter((target) => target !== undefined)
}

/** The reachable nodes, in the order of the text. */
export function reachableNodesInOrder(flow: Flow): readonly Node[] {
  const reached = reachableNodes(flow)
  return nodesOf(flow).filter((node) => reached.has(node.id))
}

/**
 * Ways that leave their node without a rollback, for following an execution whose memory of what
 * was done stays as it is.
 */
export function forwardWays(node: Node): readonly WayOut[] {
  return waysOut(node).filter((way) => way.transition.to.kind === 'node')
}

/** A walk through the flow, as the lines of a trace. */
export interface Walk {
  readonly node: Node
  readonly moves: readonly string[]
}

/** Forward walks from the given ways on, nearest node first, each node once. */
export function* walksFrom(flow: Flow, firstWays: readonly WayOut[]): Generator<Walk> {
  const seen = new Set<string>()
  let walks = stepsOf(flow, firstWays, [], seen)
  while (walks.length > 0) {
    yield* walks
    walks = walks.flatMap(({ node, moves }) => stepsOf(flow, forwardWays(node), moves, seen))
  }
}

function stepsOf(
  flow: Flow,
  ways: readonly WayOut[],
  moves: readonly string[],
  seen: Set<string>,
): readonly Walk[] {
  const walks: Walk[] = []
  for (const way of ways.filter((candidate) => leaves(candidate))) {
    const node = flow.nodes.get(targetOf(way) ?? '')
    if (node === undefined || seen.has(node.id)) continue
    seen.add(node.id)
    walks.push({ node, moves: [...moves, wayText(way)] })
  }
  return walks
}
