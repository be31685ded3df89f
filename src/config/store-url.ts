/** What a store URL says; `unsupported` is understood but not built in. */
export type StoreUrl =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'unsupported'; readonly scheme: string }

/** Reads `sqlite:PATH`, `memory:` (or `memory`, which needs no quotes in YAML). */
export function parseStoreUrl(text: string): StoreUrl | undefined {
  if (text === 'memory' || text === 'memory:') return { kind: 'memory' }
  const match = /^([a-z]+):(.+)$/s.exec(text)
  const [, scheme = '', rest = ''] = match ?? []
  if (scheme === 'sqlite') return { kind: 'sqlite', path: rest.replace(/^\/\/(?=\/)/, '') }
  if (scheme === 'postgres' || scheme === 'postgresql') return { kind: 'unsupported', scheme }
  return undefined
}
