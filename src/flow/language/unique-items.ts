import type { Json } from '../../kernel/model/json.ts'

/**
 * Whether no two items are equal, in one pass. Ajv compares each with each, which a list of a
 * megabyte turns into minutes.
 */
export function hasUniqueItems(items: readonly Json[]): boolean {
  const seen = new Set<string>()
  for (const item of items) {
    const text = canonical(item)
    if (seen.has(text)) return false
    seen.add(text)
  }
  return true
}

/** JSON in which objects with the same properties are the same text. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_key, inner: Json) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner).toSorted(([left], [right]) => (left < right ? -1 : 1)),
        )
      : inner,
  )
}
