import type { Flow } from '../../kernel/model/flow.ts'
import { componentsOf } from './cycles.ts'
import type { Check, Finding } from './finding.ts'
import { forwardWays, walksFrom } from './paths.ts'
import { nodesOf, pathOfNode, targetOf, type WayOut } from './ways-out.ts'

/**
 * UNDO_DATA_IN_CYCLE: an undo without data of its own carries the state as it is at the time of the
 * rollback. On a node that is visited repeatedly every undo would carry the same: the last visit
 * would be undone several times, the others never.
 */
export const checkUndoDataInCycle: Check = (flow) => {
  const cycles = componentsOf(flow.nodes.keys(), (id) => forwardTargets(flow, id))
  const componentById = new Map(cycles.flatMap((cycle) => cycle.map((id) => [id, cycle] as const)))
  return nodesOf(flow).flatMap((node): readonly Finding[] => {
    if (node.undo === undefined || node.undo.send.data !== undefined) return []
    const cycle = new Set(componentById.get(node.id))
    const way = forwardWays(node).find((candidate) => {
      return !candidate.transition.failed && cycle.has(targetOf(candidate) ?? '')
    })
    if (way === undefined) return []
    return [
      {
        code: 'UNDO_DATA_IN_CYCLE',
        message: `Expected the undo of \`${node.id}\` to have \`data\`, which is remembered at each visit, because the state can be visited repeatedly; found none. A rollback would undo the last visit once for each.`,
        path: [...pathOfNode(node.id), 'undo'],
        trace: movesBackTo(flow, node.id, way),
      },
    ]
  })
}

function movesBackTo(flow: Flow, id: string, first: WayOut): readonly string[] {
  for (const { node, moves } of walksFrom(flow, [first])) {
    if (node.id === id) return moves
  }
  return []
}

function forwardTargets(flow: Flow, id: string): readonly string[] {
  const node = flow.nodes.get(id)
  if (node === undefined) return []
  return forwardWays(node)
    .map((way) => targetOf(way))
    .filter((target) => target !== undefined)
}
