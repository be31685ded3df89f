import type { Locate } from '../compilation.ts'
import { entryOf, type SourceNode, type Span } from './source-node.ts'
import type { TextPositions } from './text-positions.ts'

/** Finds the text of a path; of a path that is not there, the nearest parent. */
export function createLocate(root: SourceNode | undefined, positions: TextPositions): Locate {
  return (path, part = 'value') => positions.rangeOf(spanOfPath(root, path, part))
}

/** The key of an entry, or its whole value. */
export function spanOfPath(
  root: SourceNode | undefined,
  path: readonly (string | number)[],
  part: 'key' | 'value',
): Span {
  if (root === undefined) return { start: 0, end: 0 }
  let node = root
  let key: Span | undefined
  for (const step of path) {
    if (node.kind === 'map') {
      const entry = entryOf(node, String(step))
      if (entry === undefined) break
      key = entry.keySpan
      node = entry.value
    } else if (node.kind === 'list' && typeof step === 'number') {
      const item = node.items[step]
      if (item === undefined) break
      key = undefined
      node = item
    } else {
      break
    }
  }
  return part === 'key' && key !== undefined ? key : node.span
}
