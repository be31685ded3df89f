import type { Check, Finding } from './finding.ts'
import { addProperty } from './fixes.ts'
import { soundsReadOnly } from './naming.ts'
import { reachableNodesInOrder } from './paths.ts'
import { findRollbackAfter, usesCompensation } from './rollbacks.ts'
import { pathOfNode } from './ways-out.ts'

/**
 * COMPENSATION_GAP: an activity without an undo, on a way on which a later rollback may run while
 * its effect is there. Only a hint where the command's name says that it changes nothing.
 */
export const checkCompensationGap: Check = (flow, locate) => {
  if (!usesCompensation(flow)) return []
  return reachableNodesInOrder(flow).flatMap((node): readonly Finding[] => {
    if (node.activity === undefined || node.final !== undefined) return []
    if (node.undo !== undefined || node.undoNone === true) return []
    const rollback = findRollbackAfter(flow, node)
    if (rollback === undefined) return []
    const { command } = node.activity.send
    const fix = addProperty(
      node,
      locate,
      { key: 'undo', yaml: 'none', json: '"none"' },
      `Say that ${command} leaves nothing to undo`,
    )
    return [
      {
        code: 'COMPENSATION_GAP',
        ...(soundsReadOnly(command) ? { severity: 'hint' as const } : {}),
        message: `Expected \`${node.id}\` to say how ${command} is undone (\`undo\`), or that there is nothing to undo (\`undo: none\`); found neither. ${capital(rollback.cause)} rolls back, and its effect would stay.`,
        path: [...pathOfNode(node.id), 'send'],
        trace: rollback.moves,
        ...(fix === undefined ? {} : { fix }),
      },
    ]
  })
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
