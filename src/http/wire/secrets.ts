import { isJsonObject, type Json, type JsonObject } from '../../kernel/model/json.ts'

/** What is shown in place of a secret. */
export const mask = '***'

/**
 * A copy in which the values at the dotted paths are masked; lists on the way are entered. The value
 * itself comes back when there is nothing to mask, so that flows without secrets pay nothing.
 */
export function maskSecrets<Value extends Json | undefined>(
  value: Value,
  secrets: readonly string[],
): Value
export function maskSecrets(value: Json | undefined, secrets: readonly string[]): Json | undefined {
  let masked = value
  for (const path of secrets) masked = maskPath(masked, path.split('.'))
  return masked
}

function maskPath(value: Json | undefined, path: readonly string[]): Json | undefined {
  if (isList(value)) return value.map((item) => maskPath(item, path) ?? null)
  const [name, ...rest] = path
  if (name === undefined || !isJsonObject(value) || !Object.hasOwn(value, name)) return value
  const inner: Json | undefined = rest.length === 0 ? mask : maskPath(value[name], rest)
  const copy: JsonObject = { ...value, [name]: inner }
  return copy
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
