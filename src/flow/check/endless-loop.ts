import type { Flow } from '../../kernel/model/flow.ts'
import type { Node } from '../../kernel/model/node.ts'
import { componentsOf } from './cycles.ts'
import type { Check, Finding } from './finding.ts'
import { reachableNodesInOrder } from './paths.ts'
import { pathOfNode, wayText, waysOfChoice, type WayOut } from './ways-out.ts'

/**
 * ENDLESS_LOOP: a cycle of `next` transitions that an execution cannot get out of, because no way
 * leads out, or because the guards would see the same state in every round.
 */
export const checkEndlessLoop: Check = (flow) => {
  const nodes = reachableNodesInOrder(flow)
  const ids = nodes.map(({ id }) => id)
  const components = componentsOf(ids, (id) => conditionTargets(flow, id))
  return components.flatMap((component): readonly Finding[] => {
    const cycle = nodes.filter(({ id }) => component.includes(id))
    const [first] = cycle
    if (first === undefined) return []
    const isCycle = cycle.length > 1 || conditionTargets(flow, first.id).includes(first.id)
    if (!isCycle) return []
    if (cycle.some((node) => hasWayOut(node, component)) && canChange(cycle)) return []
    return [
      {
        code: 'ENDLESS_LOOP',
        message: `Expected the cycle through \`${first.id}\` to wait for an event or a timer, or to set a value that its guards look at; found that it goes round for ever.`,
        path: [...pathOfNode(first.id), 'next'],
        trace: roundTrip(flow, first, component),
      },
    ]
  })
}

/** The conditional ways that can be taken: those behind one without a guard cannot. */
function conditionWays(node: Node): readonly WayOut[] {
  const open = node.next.findIndex(({ guard }) => guard === undefined)
  const transitions = open < 0 ? node.next : node.next.slice(0, open + 1)
  return waysOfChoice({ node, by: { kind: 'condition' }, transitions })
}

function conditionTargets(flow: Flow, id: string): readonly string[] {
  const node = flow.nodes.get(id)
  if (node === undefined) return []
  return conditionWays(node).flatMap(({ transition: { to } }) =>
    to.kind === 'node' ? [to.node] : [],
  )
}

/** Another target, a rollback, a stay; or no guard holds, and the node waits. */
function hasWayOut(node: Node, cycle: readonly string[]): boolean {
  const ways = conditionWays(node)
  const leavesCycle = ways.some(({ transition: { to } }) =>
    to.kind === 'node' ? !cycle.includes(to.node) : true,
  )
  return leavesCycle || ways.every(({ transition }) => transition.guard !== undefined)
}

/** Whether a guard may see something else in the next round. */
function canChange(nodes: readonly Node[]): boolean {
  return nodes.some(
    (node) =>
      node.set !== undefined ||
      node.on.size > 0 ||
      conditionWays(node).some(
        ({ transition: { set, guard } }) =>
          set !== undefined ||
          (guard !== undefined && /\b(now|uuid|random)\w*\(/.test(guard.source)),
      ),
  )
}

function roundTrip(flow: Flow, start: Node, cycle: readonly string[]): readonly string[] {
  const moves: string[] = []
  const seen = new Set<string>()
  let node: Node | undefined = start
  while (node !== undefined && !seen.has(node.id)) {
    seen.add(node.id)
    const inside: WayOut[] = conditionWays(node).filter(
      ({ transition: { to } }) => to.kind === 'node' && cycle.includes(to.node),
    )
    const way = inside.find(({ transition: { to } }) => to.kind === 'node' && !seen.has(to.node))
    const taken = way ?? inside[0]
    if (taken === undefined) break
    moves.push(wayText(taken))
    node =
      taken.transition.to.kind === 'node' ? flow.nodes.get(taken.transition.to.node) : undefined
  }
  return moves
}
