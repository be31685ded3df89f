import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ErrorObject } from 'ajv/dist/2020.js'
import * as formats from 'ajv-formats'
import type { SchemaCheck } from '../../kernel/model/expression.ts'
import { isJsonObject } from '../../kernel/model/json.ts'
import type { Json, JsonObject } from '../../kernel/model/json.ts'
import type { Cursor } from './cursor.ts'
import { shorten } from './cursor.ts'
import { EvaluationFailure } from '../expressions/failure.ts'
import { schemaPatterns } from './schema-pattern.ts'
import { hasUniqueItems } from './unique-items.ts'

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
  code: { regExp: schemaPatterns },
})
formats.default.default(ajv)
ajv.removeKeyword('uniqueItems')
ajv.addKeyword({
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  error: { message: 'must NOT have duplicate items' },
  validate: (isAsked: boolean, items: readonly Json[]) => !isAsked || hasUniqueItems(items),
})

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
    if (error instanceof EvaluationFailure) return cursor.wrong('VALUE_INVALID', error.message)
    const reason = shorten(error instanceof Error ? error.message : String(error))
    return cursor.wrong(
      'VALUE_INVALID',
      `Expected a JSON Schema (draft 2020-12), found: ${reason}.`,
    )
  }
}

/** Such as: `items.0.quantity` must be >= 1. */
function readable({ instancePath, keyword, message, params }: ErrorObject): string {
  const path = instancePath.slice(1).replaceAll('/', '.')
  const place = path === '' ? 'the value' : `\`${path}\``
  const detail: JsonObject = params
  const named =
    keyword === 'additionalProperties' || keyword === 'unevaluatedProperties'
      ? ` (\`${shown(detail['additionalProperty'] ?? detail['unevaluatedProperty'])}\`)`
      : keyword === 'enum'
        ? ` (${shown(detail['allowedValues'])})`
        : ''
  return `${place} ${message ?? 'must fit the schema'}${named}`
}

function shown(value: Json | undefined): string {
  return typeof value === 'string' ? shorten(value) : shorten(JSON.stringify(value ?? null))
}
