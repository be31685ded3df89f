import type { Flow } from '../../kernel/model/flow.ts'
import type { Node } from '../../kernel/model/node.ts'
import { componentsOf } from './cycles.ts'
import { isDeadEnd } from './dead-end.ts'
import type { Check } from './finding.ts'
import { reachableNodesInOrder, targetsOf } from './paths.ts'
import { pathOfNode, waysOut } from './ways-out.ts'

/**
 * NO_WAY_TO_FINAL: from the node on, an execution can only go in circles. Of the states of one
 * circle the first is reported; states that merely lead into it are not.
 */
export const checkNoWayToFinal: Check = (flow) => {
  const nodes = reachableNodesInOrder(flow)
  const successors = (id: string) => targetsOf(flow.nodes.get(id))
  const components = componentsOf(
    nodes.map(({ id }) => id),
    successors,
  )
  return components
    .map((component) => new Set(component))
    .filter((circle) => isTrap(flow, circle))
    .map((circle) => {
      const first = nodes.find(({ id }) => circle.has(id))?.id ?? ''
      return {
        code: 'NO_WAY_TO_FINAL',
        message: `Expected a way from \`${first}\` to a final state, found that it leads only to ${listOf(circle)}.`,
        path: pathOfNode(first),
      }
    })
}

/** Nothing leads out of the circle, and it has no end in it. */
function isTrap(flow: Flow, circle: ReadonlySet<string>): boolean {
  return [...circle].every((id) => {
    const node = flow.nodes.get(id)
    return (
      node !== undefined && !canEnd(node) && targetsOf(node).every((target) => circle.has(target))
    )
  })
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
  const shown = [...ids]
    .toReversed()
    .slice(0, 5)
    .map((id) => `\`${id}\``)
  return ids.size > shown.length ? `${shown.join(', ')} and ${ids.size - 5} more` : shown.join(', ')
}
