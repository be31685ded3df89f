import { type Role, roles, type TokenConfiguration } from './configuration.ts'

/** Validated data of the schema, turned into the types of `configuration.ts`. */

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

export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function isRole(value: unknown): value is Role {
  return roles.some((role) => role === value)
}
