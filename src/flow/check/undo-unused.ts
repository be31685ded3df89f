import type { Flow } from '../../kernel/model/flow.ts'
import type { Node } from '../../kernel/model/node.ts'
import type { Check } from './finding.ts'
import { reachableNodesInOrder, walksFrom } from './paths.ts'
import { rollsBackOnFailure } from './rollbacks.ts'
import { leaves, pathOfNode, type WayOut, waysOut } from './ways-out.ts'

/**
 * UNDO_UNUSED: no rollback can run after the undo was remembered, except by an operator's act. With
 * `onFailure: rollback` any command that cannot be delivered starts one, the node's own included.
 */
export const checkUndoUnused: Check = (flow) =>
  reachableNodesInOrder(flow).flatMap((node) => {
    if (node.undo === undefined) return []
    const found = reasonUnused(flow, node)
    if (found === undefined) return []
    return [
      {
        code: 'UNDO_UNUSED' as const,
        message: `Expected a rollback that can run the undo of \`${node.id}\`, found ${found}.`,
        path: [...pathOfNode(node.id), 'undo'],
      },
    ]
  })

function reasonUnused(flow: Flow, node: Node): string | undefined {
  if (node.final !== undefined) return 'that the state is final: nothing comes after it'
  if (rollsBackOnFailure(flow)) return undefined
  const timers = waysOut(node).filter(({ by }) => by.kind === 'timer')
  if (timers.some(rollsBack)) return undefined
  const remembering = waysOut(node).filter((way) => leaves(way) && !way.transition.failed)
  const forward = remembering.filter((way) => !rollsBack(way))
  for (const { node: later } of walksFrom(flow, forward)) {
    if (waysOut(later).some(rollsBack)) return undefined
  }
  return 'that none follows it; only an operator could start one'
}

function rollsBack({ transition }: WayOut): boolean {
  return transition.to.kind === 'rollback'
}
