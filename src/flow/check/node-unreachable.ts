import type { Check } from './finding.ts'
import { reachableNodes } from './paths.ts'
import { nodesOf, pathOfNode } from './ways-out.ts'

/** NODE_UNREACHABLE: no walk from the start enters the node. */
export const checkNodeUnreachable: Check = (flow) => {
  const reached = reachableNodes(flow)
  return nodesOf(flow)
    .filter((node) => !reached.has(node.id))
    .map((node) => ({
      code: 'NODE_UNREACHABLE',
      message: `Expected every state to be reachable from \`${flow.startNode}\`, found that nothing leads to \`${node.id}\`.`,
      path: pathOfNode(node.id),
    }))
}
