import { SignalboxError } from '../../errors/signalbox-error.ts'

/**
 * Refuses keys that, assigned to an object somewhere later, would change its prototype. The value
 * has passed the depth limit, so the recursion is bounded.
 */
export function requireHarmlessKeys(value: unknown, path = ''): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, child] of Object.entries(value)) {
    if (key === '__proto__' || (key === 'constructor' && reachesPrototype(child))) {
      throw new SignalboxError(
        'JSON_INVALID',
        `expected keys that are plain data, found ${JSON.stringify(key)} at ${JSON.stringify(path || '/')}`,
      )
    }
    requireHarmlessKeys(child, `${path}/${key}`)
  }
}

function reachesPrototype(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')
}
