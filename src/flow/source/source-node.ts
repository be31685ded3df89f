/** Where a piece of the document stands in the text: offsets in UTF-16 units, the end is exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface SourceEntry {
  readonly key: string
  readonly keySpan: Span
  readonly value: SourceNode
}

/**
 * A document as a tree that knows its text: the same for YAML and JSON, so that everything after
 * reading is written once. Keys are kept in a list, never as properties of an object: `__proto__`
 * is a key like any other.
 */
export type SourceNode =
  | { readonly kind: 'map'; readonly span: Span; readonly entries: readonly SourceEntry[] }
  | { readonly kind: 'list'; readonly span: Span; readonly items: readonly SourceNode[] }
  | {
      readonly kind: 'scalar'
      readonly span: Span
      readonly value: null | boolean | number | string
    }

export type MapNode = Extract<SourceNode, { kind: 'map' }>

/** Something wrong with the text itself. */
export interface SourceProblem {
  readonly code:
    | 'YAML_SYNTAX'
    | 'JSON_SYNTAX'
    | 'DUPLICATE_KEY'
    | 'LIMIT_EXCEEDED'
    | 'VALUE_INVALID'
  readonly message: string
  readonly span: Span
}

/** What reading gave: a tree as far as the text could be understood, and what was wrong. */
export interface SourceReading {
  readonly root?: SourceNode
  readonly problems: readonly SourceProblem[]
}

/** The entry's value, or nothing. With a key that is there twice, the first one counts. */
export function valueOf(map: MapNode, key: string): SourceNode | undefined {
  return entryOf(map, key)?.value
}

/** The first entry with this key. */
export function entryOf(map: MapNode, key: string): SourceEntry | undefined {
  if (map.entries.length < indexedFrom) return map.entries.find((entry) => entry.key === key)
  return indexOf(map).get(key)
}

/** Shorter lists are searched as fast. Longer ones are looked up often: each key once, or worse. */
const indexedFrom = 32

const indexes = new WeakMap<MapNode, ReadonlyMap<string, SourceEntry>>()

function indexOf(map: MapNode): ReadonlyMap<string, SourceEntry> {
  let index = indexes.get(map)
  if (index === undefined) {
    // The last one set wins, so the first entry with a key has to come last.
    index = new Map(map.entries.toReversed().map((entry) => [entry.key, entry]))
    indexes.set(map, index)
  }
  return index
}
