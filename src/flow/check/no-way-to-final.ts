import type { Node } from '../../kernel/model/node.ts'
import { isDeadEnd } from './dead-end.ts'
import type { Check } from './finding.ts'
import { reachableFrom, reachableNodesInOrder, targetsOf } from './paths.ts'
import { pathOfNode, waysOut } from './ways-out.ts'

/**
 * NO_WAY_TO_FINAL: from the node on, an execution can only go in circles. Of the states of one
 * circle the first is reported; states that merely lead into it are not.
 */
export const checkNoWayToFinal: Check = (flow) => {
  const successors = (id: string) => targetsOf(flow.nodes.get(id))
  const reported = new Set<string>()
  const findings = []
  for (const node of reachableNodesInOrder(flow)) {
    if (reported.has(node.id)) continue
    const circle = reachableFrom([node.id], successors)
    const nodes = [...circle]
      .map((id) => flow.nodes.get(id))
      .filter((inside) => inside !== undefined)
    if (nodes.some((inside) => canEnd(inside))) continue
    // In the innermost circle every state reaches every other.
    if (!nodes.every((inside) => reachableFrom([inside.id], successors).has(node.id))) continue
    for (const id of circle) reported.add(id)
    findings.push({
      code: 'NO_WAY_TO_FINAL' as const,
      message: `Expected a way from '${node.id}' to a final state, found that it leads only to ${listOf(circle)}.`,
      path: pathOfNode(node.id),
    })
  }
  return findings
}

/** A dead end has a finding of its own; a rollback without a target ends the execution. */
function canEnd(node: Node): boolean {
  return (
    node.final !== undefined ||
    isDeadEnd(node) ||
    waysOut(node).some(({ transition: { to } }) => to.kind === 'rollback' && to.node === undefined)
  )
}

function listOf(ids: ReadonlySet<string>): string {
  const shown = [...ids].slice(0, 5).map((id) => `'${id}'`)
  return ids.size > shown.length ? `${shown.join(', ')} and ${ids.size - 5} more` : shown.join(', ')
}
