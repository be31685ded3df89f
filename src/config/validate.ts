import { Ajv, type ErrorObject } from 'ajv'
import { suggest } from '../flow/suggest.ts'
import { parseBrokers } from './brokers.ts'
import { maskUrlPassword } from './mask-url.ts'
import { isSecretByName } from './mask.ts'
import { saslMechanismOf } from './read-channels.ts'
import { configurationSchema } from './schema.ts'
import { parseStoreUrl } from './store-url.ts'

/** One misfit of a value with the schema. */
export interface Misfit {
  readonly path: readonly (string | number)[]
  /** Whether the key is wrong, or the value. */
  readonly part: 'key' | 'value'
  readonly message: string
}

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  discriminator: true,
  allowUnionTypes: true,
  strictTypes: false,
  strictRequired: false,
  formats: {
    'http-url': isHttpUrl,
    'optional-http-url': (text: string) => text === '' || isHttpUrl(text),
    'store-url': (text: string) => parseStoreUrl(text) !== undefined,
    brokers: (text: string) => parseBrokers(text) !== undefined,
    topic: (text: string) => /^[A-Za-z0-9._-]+$/.test(text) && text !== '.' && text !== '..',
    'sasl-mechanism': (text: string) => saslMechanismOf(text) !== undefined,
  },
})
const check = ajv.compile(configurationSchema)

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text)
}

/** Everything in a configuration (or a part of it) that does not fit the schema. */
export function findMisfits(value: unknown): readonly Misfit[] {
  if (check(value)) return []
  return (check.errors ?? []).flatMap((error) => misfitOf(error, value))
}

function misfitOf(error: ErrorObject, root: unknown): readonly Misfit[] {
  const path = pathOf(error.instancePath, root)
  const found = isSecretByName(path) ? 'something else (not shown)' : describe(error.data)
  const at = (message: string): readonly Misfit[] => [{ path, part: 'value', message }]
  const params: Readonly<Record<string, unknown>> = error.params
  switch (error.keyword) {
    case 'additionalProperties': {
      const unknown = String(params['additionalProperty'])
      return [{ path: [...path, unknown], part: 'key', message: unknownKey(unknown, error) }]
    }
    case 'propertyNames': {
      const key = String(params['propertyName'])
      const message = `expected a name of letters, digits, "_", "-" and "." that begins with a letter, found ${JSON.stringify(key)}`
      return [{ path: [...path, key], part: 'key', message }]
    }
    case 'discriminator': {
      const type = params['tagValue']
      return [
        {
          path: [...path, 'type'],
          part: 'value',
          message: `expected queue, http or kafka, found ${describe(type)}`,
        },
      ]
    }
    case 'required':
      // A channel without `type` is told once, by its discriminator.
      return 'type' === params['missingProperty'] || error.schemaPath.includes('/anyOf/')
        ? []
        : at(`expected the key ${quote(params['missingProperty'])}, found none`)
    case 'anyOf':
      return at('expected the key "commands", the key "events" or both, found neither')
    case 'dependencies':
      return at(
        `expected the key ${quote(params['missingProperty'])} beside ${quote(params['property'])}, found none`,
      )
    case 'type':
      return at(`expected ${typeWords(params['type'])}, found ${found}${storeHint(path, error)}`)
    case 'enum':
      return at(
        path.at(-1) === 'type'
          ? ''
          : `expected ${alternatives(params['allowedValues'])}, found ${found}`,
      ).filter(({ message }) => message !== '')
    case 'minimum':
    case 'maximum':
      return at(`expected ${bounds(error)}, found ${found}`)
    case 'pattern':
      return isPartOfPropertyNames(error)
        ? []
        : at(`expected ${patternWords(path)}, found ${found}`)
    case 'format':
      return at(`expected ${formatWords(String(params['format']))}, found ${found}`)
    case 'uniqueItems':
      return at(`expected each entry once, found entry ${Number(params['j']) + 1} twice`)
    case 'minItems':
      return at('expected at least one entry, found none')
    case 'minLength':
      return at('expected at least one character, found none')
    case 'maxLength':
      return isPartOfPropertyNames(error)
        ? []
        : at(`expected at most ${String(params['limit'])} characters`)
    case 'oneOf':
      return []
    default:
      return at(`${error.message ?? 'does not fit'}, found ${found}`)
  }
}

function unknownKey(key: string, error: ErrorObject): string {
  const known = Object.keys(
    isRecord(error.parentSchema?.['properties']) ? error.parentSchema['properties'] : {},
  )
  const closest = suggest(key, known)
  const hint = closest === undefined ? '' : `. Did you mean ${quote(closest)}?`
  return `expected one of ${known.join(', ')}, found the key ${quote(key)}${hint}`
}

/** Path segments as they are in the value: numbers within lists, names within objects. */
function pathOf(pointer: string, root: unknown): readonly (string | number)[] {
  const path: (string | number)[] = []
  let value = root
  for (const raw of pointer.split('/').slice(1)) {
    const segment = raw.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(value)) {
      path.push(Number(segment))
      value = value[Number(segment)]
    } else {
      path.push(segment)
      value = isRecord(value) ? value[segment] : undefined
    }
  }
  return path
}

function isPartOfPropertyNames(error: ErrorObject): boolean {
  return error.schemaPath.includes('/propertyNames/') || error.propertyName !== undefined
}

function storeHint(path: readonly (string | number)[], error: ErrorObject): string {
  return path.length === 1 && path[0] === 'store' && typeof error.data === 'string'
    ? `. Write store: { url: ${JSON.stringify(error.data)} }`
    : ''
}

function formatWords(format: string): string {
  switch (format) {
    case 'store-url':
      return 'sqlite:PATH, postgres://USER:PASSWORD@HOST:PORT/DATABASE or memory:'
    case 'brokers':
      return 'host:port, or several separated by commas'
    case 'topic':
      return 'the name of a topic: letters, digits, ".", "_" and "-"'
    case 'sasl-mechanism':
      return 'plain, scram-sha-256 or scram-sha-512'
    default:
      return 'a URL that begins with http:// or https://'
  }
}

function patternWords(path: readonly (string | number)[]): string {
  return path.at(-1) === 'sha256'
    ? '64 hexadecimal digits'
    : 'a name of letters, digits, "_", "-" and "." that begins with a letter'
}

function bounds(error: ErrorObject): string {
  const { minimum, maximum } = error.parentSchema ?? {}
  return `a number from ${String(minimum)} to ${String(maximum)}`
}

function typeWords(types: unknown): string {
  return (Array.isArray(types) ? types : [types]).map((type) => article(String(type))).join(' or ')
}

function article(type: string): string {
  if (type === 'object') return 'a map of keys and values'
  if (type === 'array') return 'a list'
  if (type === 'integer') return 'a whole number'
  if (type === 'string') return 'a text'
  if (type === 'boolean') return 'true or false'
  return `a ${type}`
}

function alternatives(values: unknown): string {
  const list = Array.isArray(values) ? values.map(String) : []
  return list.length < 2 ? list.join('') : `${list.slice(0, -1).join(', ')} or ${list.at(-1)}`
}

function describe(value: unknown): string {
  if (value === undefined) return 'none'
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  const text = JSON.stringify(typeof value === 'string' ? maskUrlPassword(value) : value)
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text
}

const quote = (value: unknown): string => JSON.stringify(String(value))

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
