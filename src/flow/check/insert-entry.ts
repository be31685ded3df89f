import type { Locate } from '../compilation.ts'
import type { Fix } from '../diagnostic.ts'
import type { Path } from './finding.ts'

/** A key with its value, written in YAML and in JSON. */
export interface NewEntry {
  readonly key: string
  readonly yaml: string
  readonly json: string
}

/**
 * A fix that puts an entry in front of one that is there already, in the style in which the map is
 * written: a block, braces, or JSON. Where the style cannot be told, there is no fix.
 */
export function insertEntryBefore(
  locate: Locate,
  map: Path,
  sibling: string,
  entry: NewEntry,
  title: string,
): Fix | undefined {
  const mapKey = locate(map, 'key')
  const mapValue = locate(map, 'value')
  const key = locate([...map, sibling], 'key')
  const isThere = key.startOffset > mapKey.startOffset && key.startOffset >= mapValue.startOffset
  const quotes = key.endOffset - key.startOffset - sibling.length
  if (!isThere || mapValue.startOffset <= mapKey.startOffset) return undefined

  const indent = `\n${' '.repeat(key.column - 1)}`
  let newText: string
  if (quotes === 0 && mapValue.line > mapKey.line && key.column === mapValue.column) {
    newText = `${entry.key}: ${entry.yaml}${indent}`
  } else if (mapValue.line === mapKey.line && key.startOffset > mapValue.startOffset) {
    const after = key.line > mapValue.line ? `,${indent}` : ', '
    if (quotes === 0) newText = `${entry.key}: ${entry.yaml}${after}`
    else if (quotes === 2) newText = `${JSON.stringify(entry.key)}: ${entry.json}${after}`
    else return undefined
  } else {
    return undefined
  }
  const { startOffset } = key
  return { title, edits: [{ startOffset, endOffset: startOffset, newText }] }
}
