import type { Check } from './finding.ts'
import { forwardWays, walksFrom } from './paths.ts'
import { nodesOf, pathOfNode } from './ways-out.ts'

/**
 * UNDO_DATA_IN_CYCLE: an undo without data of its own carries the state as it is at the time of the
 * rollback. On a node that is visited repeatedly every undo would carry the same: the last visit
 * would be undone several times, the others never.
 */
export const checkUndoDataInCycle: Check = (flow) =>
  nodesOf(flow).flatMap((node) => {
    if (node.undo === undefined || node.undo.send.data !== undefined) return []
    const remembering = forwardWays(node).filter(({ transition }) => !transition.failed)
    const walk = [...walksFrom(flow, remembering)].find(({ node: later }) => later.id === node.id)
    if (walk === undefined) return []
    return [
      {
        code: 'UNDO_DATA_IN_CYCLE' as const,
        message: `Expected the undo of '${node.id}' to have \`data\`, which is remembered at each visit, because the state can be visited repeatedly; found none. A rollback would undo the last visit once for each.`,
        path: [...pathOfNode(node.id), 'undo'],
        trace: walk.moves,
      },
    ]
  })
