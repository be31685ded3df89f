/** What a store URL says. */
export type StoreUrl =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string }

/** Reads `sqlite:PATH`, `postgres://…` and `memory:` (or `memory`, which needs no quotes in YAML). */
export function parseStoreUrl(text: string): StoreUrl | undefined {
  if (text === 'memory' || text === 'memory:') return { kind: 'memory' }
  const match = /^([a-z]+):(.+)$/s.exec(text)
  const [, scheme = '', rest = ''] = match ?? []
  if (scheme === 'sqlite') return { kind: 'sqlite', path: rest.replace(/^\/\/(?=\/)/, '') }
  const isPostgres = scheme === 'postgres' || scheme === 'postgresql'
  return isPostgres && rest.startsWith('//') && URL.canParse(text)
    ? { kind: 'postgres', url: text }
    : undefined
}
