import type { Setting } from './settings.ts'

export const masked = '•••'

type Path = readonly (string | number)[]

/**
 * The value as it may be shown: what came from a reference, header values and token hashes are
 * masked, and so is a password within a URL.
 */
export function maskSecrets(
  setting: Setting,
  value: unknown,
  secretPaths: readonly Path[],
): unknown {
  const secret = new Set(secretPaths.map((path) => path.join('\u0000')))
  const visit = (item: unknown, path: Path): unknown => {
    if (typeof item === 'string') {
      return secret.has(path.join('\u0000')) || isSecretByName(setting, path)
        ? masked
        : maskPassword(item)
    }
    if (Array.isArray(item)) return item.map((entry, index) => visit(entry, [...path, index]))
    if (typeof item === 'object' && item !== null) {
      return Object.fromEntries(
        Object.entries(item).map(([key, entry]) => [key, visit(entry, [...path, key])]),
      )
    }
    return item
  }
  return visit(value, [])
}

function isSecretByName(setting: Setting, path: Path): boolean {
  const [section] = setting.path
  return (
    (section === 'channels' && path[1] === 'headers') ||
    (section === 'auth' && path.at(-1) === 'sha256')
  )
}

function maskPassword(text: string): string {
  return text.replace(/^([a-z]+:\/\/[^/@:]*:)[^/@]+@/i, `$1${masked}@`)
}
