import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { FastifySchema, FastifySchemaCompiler } from 'fastify'
import { SignalboxError } from '../../errors/signalbox-error.ts'
import { describeFault } from './describe-fault.ts'
import type { Fault } from './problem.ts'

const faultsMax = 20

type Part = Fault['in']

/**
 * Compiles the request schemas of routes. Bodies are taken as they are; query, path and headers are
 * text, so numbers and booleans are read from it. The first pass stops at the first fault, which is
 * fast and bounded; only a request that failed is looked at again, for a list of its faults.
 */
export function createValidatorCompiler(): FastifySchemaCompiler<FastifySchema> {
  const first = { strict: 'log', logger: false, verbose: true, useDefaults: true } as const
  const strict = new Ajv(first)
  const coercing = new Ajv({ ...first, coerceTypes: 'array' })
  const thorough = new Ajv({ strict: false, logger: false, verbose: true, allErrors: true })
  for (const ajv of [strict, coercing, thorough]) ajv.addFormat('date-time', isTime)

  return ({ schema, httpPart }) => {
    const part = (httpPart ?? 'body') as Part
    const validate = (part === 'body' ? strict : coercing).compile(schema as object)
    let validateThoroughly: ValidateFunction | undefined
    return (value: unknown) => {
      if (validate(value)) return { value }
      const errors = [...(validate.errors ?? [])]
      if (isSmall(value)) {
        validateThoroughly ??= thorough.compile(schema as object)
        validateThoroughly(value)
        errors.push(...(validateThoroughly.errors ?? []))
      }
      return { error: requestInvalid(part, errors) }
    }
  }
}

function requestInvalid(part: Part, errors: readonly ErrorObject[]): SignalboxError {
  const faults = new Map<string, Fault>()
  for (const error of errors) {
    const fault = { path: error.instancePath, in: part, message: describeFault(error) }
    faults.set(`${fault.path} ${fault.message}`, fault)
    if (faults.size === faultsMax) break
  }
  const list = [...faults.values()]
  const detail =
    list[0] === undefined ? 'expected a request that fits its schema' : sentence(list[0])
  return new SignalboxError('REQUEST_INVALID', detail, { details: { errors: list } })
}

const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/

/** A time with its zone that exists. */
function isTime(text: string): boolean {
  return timePattern.test(text) && !Number.isNaN(Date.parse(text))
}

const partNames: Record<Part, string> = {
  body: 'the body',
  querystring: 'the query',
  params: 'the path',
  headers: 'the headers',
}

function sentence(fault: Fault): string {
  const where =
    fault.path === '' ? partNames[fault.in] : `${fault.path.slice(1)} in ${partNames[fault.in]}`
  return `In ${where}: ${fault.message}.`.replace(/^In (\S+) in /, 'For "$1" in ')
}

/** A second, complete pass over a huge list of wrong items would only cost time. */
function isSmall(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  const members = Object.values(value)
  return (
    members.length <= 50 && members.every((member) => !Array.isArray(member) || member.length <= 50)
  )
}
