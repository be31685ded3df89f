/** Where in a value: names within maps, numbers within lists. */
export type Path = readonly (string | number)[]

/** The value at a path, or nothing. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.entries(value).find(([key]) => key === String(step))?.[1]
  }
  return value
}

/** `auth.tokens[0].roles`. */
export function formatKey(path: Path): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`,
    )
    .join('')
}

/** A value as the part of a whole that it is. */
export function wrap(path: readonly string[], value: unknown): unknown {
  return path.toReversed().reduce((inner, key) => ({ [key]: inner }), value)
}

/** A problem with a secret must not print the secret. */
export function maskedMessage(
  message: string,
  path: Path,
  secretPaths: readonly Path[],
  root: unknown,
): string {
  const secret = secretPaths.some((secretPath) => secretPath.join('.') === path.join('.'))
  const value = valueAt(root, path)
  if (!secret || value === undefined) return message
  return message.replace(/found .*$/s, 'found something else (not shown: it came from a reference)')
}
