import type { Check } from './finding.ts'
import { nodesOf, pathOfNode, triggerText, waysOut } from './ways-out.ts'

/** FINAL_WITH_WAYS_OUT: done is for ever, so a final node's transitions can never be taken. */
export const checkFinalWithWaysOut: Check = (flow) =>
  nodesOf(flow)
    .filter((node) => node.final !== undefined && waysOut(node).length > 0)
    .map((node) => {
      const found = [...new Set(waysOut(node).map((way) => triggerText(way.by)))].join(', ')
      const key = node.on.size > 0 ? 'on' : node.after.length > 0 ? 'after' : 'next'
      return {
        code: 'FINAL_WITH_WAYS_OUT',
        message: `Expected the final state \`${node.id}\` to have no ways out, found ${found}. Remove them, or remove \`final\`.`,
        path: [...pathOfNode(node.id), key],
      }
    })
