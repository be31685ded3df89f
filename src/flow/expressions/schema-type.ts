import { isJsonObject } from '../../kernel/model/json.ts'
import type { Json, JsonObject } from '../../kernel/model/json.ts'
import { anyType, boolType, nullType, numberType, stringType } from './type.ts'
import type { Type } from './type.ts'

/**
 * What a JSON Schema says of its values' types. Where it says more than one thing, or says it in a
 * way that is not plain, nothing is known: a checker must not reject what works.
 */
export function typeOfSchema(schema: Json | undefined, depth = 0): Type {
  if (!isJsonObject(schema) || depth > 20) return anyType
  if (unclear.some((keyword) => schema[keyword] !== undefined)) return anyType
  switch (schema['type']) {
    case 'string':
      return stringType
    case 'number':
    case 'integer':
      return numberType
    case 'boolean':
      return boolType
    case 'null':
      return nullType
    case 'array':
      return { kind: 'list', item: typeOfSchema(schema['items'], depth + 1) }
    case 'object':
      return mapOf(schema, depth)
    default:
      // Without a type, properties still say what an object would look like.
      return schema['type'] === undefined && isJsonObject(schema['properties'])
        ? mapOf(schema, depth)
        : anyType
  }
}

const unclear = ['$ref', '$dynamicRef', 'oneOf', 'anyOf', 'allOf', 'not', 'if', 'patternProperties']

function mapOf(schema: JsonObject, depth: number): Type {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
  const fields = new Map(
    Object.entries(properties).map(([key, value]) => [key, typeOfSchema(value, depth + 1)]),
  )
  const additional = schema['additionalProperties']
  const isClosed = additional === false || schema['unevaluatedProperties'] === false
  return isClosed
    ? { kind: 'map', fields }
    : { kind: 'map', fields, rest: typeOfSchema(additional, depth + 1) }
}

/** The type of a value that is known. */
export function typeOfJson(value: Json | undefined): Type {
  if (value === undefined || value === null) return anyType
  if (typeof value === 'string') return stringType
  if (typeof value === 'number') return numberType
  if (typeof value === 'boolean') return boolType
  return anyType
}
