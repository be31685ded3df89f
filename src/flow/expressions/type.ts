/** What the checker knows of a value before there is one. `any`: nothing. */
export type Type =
  | { readonly kind: 'any' }
  | { readonly kind: 'null' | 'bool' | 'number' | 'string' | 'timestamp' | 'duration' }
  | { readonly kind: 'list'; readonly item: Type }
  | { readonly kind: 'optional'; readonly item: Type }
  | {
      readonly kind: 'map'
      readonly fields: ReadonlyMap<string, Type>
      /** The type of the fields that are not named; absent: there are no others. */
      readonly rest?: Type
    }

export const anyType: Type = { kind: 'any' }
export const nullType: Type = { kind: 'null' }
export const boolType: Type = { kind: 'bool' }
export const numberType: Type = { kind: 'number' }
export const stringType: Type = { kind: 'string' }
export const timestampType: Type = { kind: 'timestamp' }
export const durationType: Type = { kind: 'duration' }
export const openMapType: Type = { kind: 'map', fields: new Map(), rest: anyType }
export const listType: Type = { kind: 'list', item: anyType }

/** Tells whether nothing is known that would speak against it. */
export function isMaybe(type: Type, kind: Type['kind']): boolean {
  return type.kind === 'any' || type.kind === kind
}

/** The type of a value that has one of two types. */
export function unite(left: Type, right: Type): Type {
  if (left === right) return left
  if (left.kind !== right.kind) return anyType
  if (left.kind === 'list' && right.kind === 'list') {
    return { kind: 'list', item: unite(left.item, right.item) }
  }
  if (left.kind === 'optional' && right.kind === 'optional') {
    return { kind: 'optional', item: unite(left.item, right.item) }
  }
  return left.kind === 'map' ? openMapType : left
}

/** A map with these fields, open for others whose type is unknown. */
export function openMap(fields: Iterable<readonly [string, Type]>): Type {
  return { kind: 'map', fields: new Map(fields), rest: anyType }
}

/** A map with these fields and no others. */
export function closedMap(fields: Iterable<readonly [string, Type]>): Type {
  return { kind: 'map', fields: new Map(fields) }
}
