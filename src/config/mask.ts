import { masked, maskUrlPassword } from './mask-url.ts'
import type { Setting } from './settings.ts'

type Path = readonly (string | number)[]

/**
 * The value as it may be shown: what came from a reference, header values, keys, passwords and token
 * hashes are masked, and so is a password within a URL.
 */
export function maskSecrets(
  setting: Setting,
  value: unknown,
  secretPaths: readonly Path[],
): unknown {
  const secret = new Set(secretPaths.map((path) => path.join('\u0000')))
  const visit = (item: unknown, path: Path): unknown => {
    if (typeof item === 'string') {
      return secret.has(path.join('\u0000')) || isSecretByName([...setting.path, ...path])
        ? masked
        : maskUrlPassword(item)
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

/** Of a path from the root: whether what stands there is a secret, wherever it came from. */
export function isSecretByName(path: Path): boolean {
  const [section, , group] = path
  const name = path.at(-1)
  if (section === 'auth') return name === 'sha256'
  if (section !== 'channels') return false
  return (
    group === 'headers' ||
    (group === 'sasl' && name === 'password') ||
    (group === 'tls' && (name === 'key' || name === 'passphrase'))
  )
}
