import type { Flow } from '../../kernel/model/flow.ts'
import type { Node } from '../../kernel/model/node.ts'
import type { Locate } from '../compilation.ts'
import type { Fix } from '../diagnostic.ts'
import { insertEntryBefore, type NewEntry } from './insert-entry.ts'
import { nodesOf, pathOfNode } from './ways-out.ts'

/** A fix that gives a node a property; it stands where it usually does, before the ways out. */
export function addProperty(
  node: Node,
  locate: Locate,
  entry: NewEntry,
  title: string,
): Fix | undefined {
  const sibling = siblingsOf(node)[0]
  if (sibling === undefined) return undefined
  return insertEntryBefore(locate, pathOfNode(node.id), sibling, entry, title)
}

/** Properties that the node surely has in the text, in the order of preference. */
function siblingsOf(node: Node): readonly string[] {
  const present: string[] = []
  if (node.on.size > 0) present.push('on')
  if (node.after.length > 0) present.push('after')
  if (node.next.length > 0) present.push('next')
  if (node.activity !== undefined) present.push('send')
  return present
}

/** Where a failure would go: the flow's failure end, if there is exactly one. */
export function failureTransition(flow: Flow): Omit<NewEntry, 'key'> | undefined {
  const ends = nodesOf(flow).filter((node) => node.final === 'failure')
  const end = ends[0]
  if (end === undefined || ends.length > 1) return undefined
  const rollback = nodesOf(flow).some((node) => node.undo !== undefined)
  return rollback
    ? { yaml: `{ rollback: ${end.id} }`, json: `{ "rollback": ${JSON.stringify(end.id)} }` }
    : { yaml: end.id, json: JSON.stringify(end.id) }
}
