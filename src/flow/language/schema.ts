import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ErrorObject } from 'ajv/dist/2020.js'
import * as formats from 'ajv-formats'
import type { SchemaCheck } from '../../kernel/model/expression.ts'
import { isJsonObject } from '../../kernel/model/json.ts'
import type { Json, JsonObject } from '../../kernel/model/json.ts'
import type { Cursor } from './cursor.ts'
import { shorten } from './cursor.ts'

const ajv = new Ajv2020({
  allErrors: false,
  strict: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  allowUnionTypes: true,
  // Schemas of flows come and go; nothing may stay behind.
  addUsedSchema: false,
  logger: false,
})
formats.default.default(ajv)

/** Compiles a JSON Schema (draft 2020-12) of the flow; reports a schema that is none. */
export function readSchema(cursor: Cursor): SchemaCheck | undefined {
  const schema = cursor.json()
  if (!isJsonObject(schema)) return cursor.expected('a JSON Schema as an object')
  try {
    const validate = ajv.compile(schema)
    ajv.removeSchema(schema)
    return {
      schema,
      check: (value) => (validate(value) ? [] : (validate.errors ?? []).map(readable)),
    }
  } catch (error) {
    const reason = shorten(error instanceof Error ? error.message : String(error))
    return cursor.wrong(
      'VALUE_INVALID',
      `Expected a JSON Schema (draft 2020-12), found: ${reason}.`,
    )
  }
}

function readable(error: ErrorObject): string {
  const place =
    error.instancePath === ''
      ? 'the value'
      : `\`${error.instancePath.slice(1).replaceAll('/', '.')}\``
  const params: JsonObject = error.params
  const extra =
    error.keyword === 'additionalProperties'
      ? ` (found \`${shown(params['additionalProperty'])}\`)`
      : error.keyword === 'enum'
        ? ` (${shown(params['allowedValues'])})`
        : ''
  return `expected ${place} ${error.message ?? 'to fit the schema'}${extra}`
    .replace('expected the value must', 'expected the value to')
    .replace(
      /^(expected `.*?`) must (NOT )?(be|have|match|pass)?/,
      (_, start: string, not: string | undefined, verb: string | undefined) =>
        `${start} ${not === undefined ? '' : 'not '}to ${verb ?? ''}`.trimEnd(),
    )
}

function shown(value: Json | undefined): string {
  return typeof value === 'string' ? value : shorten(JSON.stringify(value ?? null))
}
