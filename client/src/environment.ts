/** There in Node, Bun and Deno; the library needs the types of none of them. */
declare const process: { readonly env: Readonly<Record<string, string | undefined>> } | undefined

/**
 * Reads a variable of the environment where the runtime has one. A runtime that refuses (Deno
 * without permission) is the same as a variable that is not set.
 */
export function environmentVariable(name: string): string | undefined {
  try {
    const value = typeof process === 'undefined' ? undefined : process.env[name]
    return value === '' ? undefined : value
  } catch {
    return undefined
  }
}
