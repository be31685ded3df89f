import type { ErrorObject } from 'ajv'

/** Says in words what a schema expected and what it found. */
export function describeFault(error: ErrorObject): string {
  return `expected ${expected(error)}, found ${found(error)}`
}

function expected(error: ErrorObject): string {
  const limit = Number(error.params['limit'])
  switch (error.keyword) {
    case 'type':
      return [error.params['type']].flat().map(named).join(' or ')
    case 'required':
      return `the property "${String(error.params['missingProperty'])}"`
    case 'additionalProperties':
      return `only the properties ${propertiesOf(error)}`
    case 'enum':
      return `one of ${(error.params['allowedValues'] as unknown[]).map((value) => JSON.stringify(value)).join(', ')}`
    case 'const':
      return JSON.stringify(error.params['allowedValue'])
    case 'minimum':
      return `at least ${limit}`
    case 'maximum':
      return `at most ${limit}`
    case 'minLength':
      return `at least ${count(limit, 'character')}`
    case 'maxLength':
      return `at most ${count(limit, 'character')}`
    case 'minItems':
      return `at least ${count(limit, 'item')}`
    case 'maxItems':
      return `at most ${count(limit, 'item')}`
    case 'minProperties':
      return `at least ${count(limit, 'property')}`
    case 'pattern':
    case 'format':
      return patternInWords(error)
    default:
      return error.message ?? 'something else'
  }
}

function found(error: ErrorObject): string {
  const data: unknown = error.data
  switch (error.keyword) {
    case 'required':
      return 'none'
    case 'additionalProperties':
      return JSON.stringify(error.params['additionalProperty'])
    case 'minLength':
    case 'maxLength':
      return typeof data === 'string' ? `${data.length}` : kind(data)
    case 'minItems':
    case 'maxItems':
      return Array.isArray(data) ? `${data.length}` : kind(data)
    default:
      return shown(data)
  }
}

/** A pattern's own schema says in words what it asks for. */
function patternInWords(error: ErrorObject): string {
  const description: unknown = error.parentSchema?.['description']
  return typeof description === 'string'
    ? description
    : `text like ${String(error.params['pattern'])}`
}

function propertiesOf(error: ErrorObject): string {
  const properties: unknown = error.parentSchema?.['properties']
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
  return names.length === 0 ? '(none)' : names.join(', ')
}

function shown(data: unknown): string {
  if (typeof data === 'object' && data !== null) return kind(data)
  const text = JSON.stringify(data) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function kind(data: unknown): string {
  if (data === null) return 'null'
  if (Array.isArray(data)) return 'a list'
  return named(typeof data)
}

function named(type: unknown): string {
  if (type === 'object') return 'an object'
  if (type === 'array') return 'a list'
  if (type === 'integer') return 'an integer'
  if (type === 'null') return 'null'
  return `a ${String(type)}`
}

function count(limit: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`
  return `${limit} ${limit === 1 ? noun : plural}`
}
