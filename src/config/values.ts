import {
  type ChannelConfiguration,
  type Role,
  roles,
  type TokenConfiguration,
} from './configuration.ts'

/** Validated data of the schema, turned into the types of `configuration.ts`. */

const defaultTimeoutMs = 10_000

export function readChannels(value: unknown): readonly ChannelConfiguration[] {
  return Object.entries(asObject(value)).map(([name, entry]) => {
    const channel = asObject(entry)
    if (channel['type'] !== 'http') return { name, type: 'queue' }
    const timeoutMs = channel['timeoutMs']
    return {
      name,
      type: 'http',
      url: String(channel['commands']),
      headers: asMap(channel['headers'] ?? {}),
      timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : defaultTimeoutMs,
    }
  })
}

export function readTokens(value: unknown): readonly TokenConfiguration[] {
  return asList(value).map((entry) => {
    const token = asObject(entry)
    return {
      name: String(token['name']),
      sha256: String(token['sha256']).toLowerCase(),
      roles: asList(token['roles']).filter(isRole),
    }
  })
}

export function asMap(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(asObject(value)).map(([name, entry]) => [name, String(entry)]),
  )
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function isRole(value: unknown): value is Role {
  return roles.some((role) => role === value)
}
