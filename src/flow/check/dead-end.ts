import type { Node } from '../../kernel/model/node.ts'
import type { Check } from './finding.ts'
import { addProperty } from './fixes.ts'
import { leaves, nodesOf, pathOfNode, waysOut } from './ways-out.ts'

/** DEAD_END: the node is not final, and no transition leaves it. */
export const checkDeadEnd: Check = (flow, locate) =>
  nodesOf(flow)
    .filter((node) => isDeadEnd(node))
    .map((node) => {
      const found = waysOut(node).length === 0 ? 'none' : 'only ways that stay in it'
      const fix = addProperty(
        node,
        locate,
        { key: 'final', yaml: 'success', json: '"success"' },
        `Make \`${node.id}\` a final state`,
      )
      return {
        code: 'DEAD_END',
        message: `Expected \`${node.id}\` to have a way out, or to be final (\`final: success\` or \`final: failure\`), found ${found}.`,
        path: pathOfNode(node.id),
        ...(fix === undefined ? {} : { fix }),
      }
    })

export function isDeadEnd(node: Node): boolean {
  return node.final === undefined && !waysOut(node).some((way) => leaves(way))
}
