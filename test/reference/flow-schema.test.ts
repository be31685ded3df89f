import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { compileFlow } from '../../src/flow/index.ts'
import { parseDuration } from '../../src/flow/duration.ts'
import { sagaKeys } from '../../src/flow/language/read-saga.ts'
import { stateKeys } from '../../src/flow/language/read-state.ts'
import { samplesOf } from './fences.ts'

const schema = JSON.parse(
  readFileSync(new URL('../../schema/flow.schema.json', import.meta.url), 'utf8'),
)
const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false })
const fits = ajv.compile(schema)

/** Codes that a schema can see; the others need the whole flow, or the expression language. */
const shapeCodes = new Set([
  'PROPERTY_UNKNOWN',
  'PROPERTY_MISSING',
  'VALUE_INVALID',
  'NAME_INVALID',
  'NAME_INTEGER_LIKE',
  'LIMIT_EXCEEDED',
])

const order = readFileSync(new URL('../../examples/order/order.flow.yaml', import.meta.url), 'utf8')

const good: readonly string[] = [
  order,
  ...samplesOf('flow-language.md')
    .filter(({ kind }) => kind === 'yaml flow')
    .map(({ text }) => text),
  saga(''),
  saga('title: T\ndescription: D\ntags: [a, b]\nkey: input.id\nunique: true'),
  saga('stages: { a: A, b: { title: B, description: C } }\nmilestones: [Paid, Sent off]'),
  saga('state: { n: 1 }\noutput: { n: "${ state.n }" }\nmerge: deep\nunexpected: keep'),
  saga('unexpected: { keep: 5m }\nonFailure: { fail: B }\nlimits: { nodes: 9999 }'),
  saga('retry: { attempts: 1, interval: PT1S, backoff: 1, max: 1h, jitter: 0 }'),
  saga('search: a.b\nsecrets: [c, d.e]\nonFailure: incident'),
  state('send: { command: C, channel: d, data: [1, "${ state.x }"], retry: {} }'),
  state('send: C\nalso: D\nundo: none'),
  state('send: C\nalso: [D, { command: E }]\nundo: { send: F, data: {}, channel: g }'),
  state(
    'send: C\nundo: { send: { command: F, data: 1 }, done: G, failed: H, within: 1m, retry: { attempts: 2 } }',
  ),
  state('set: { a: null }'),
  state('set: "${ merge(state.a, state.b) }"'),
  state('on: { E: [{ to: B, if: true }, { stay: true, as: M }, { rollback: true }, B] }'),
  state('on: { E: { to: B, validate: { type: object }, failed: true, set: { x: 1 } } }'),
  state('after: { 1h30m: { rollback: B, failed: false } }\nnext: [{ to: B, if: state.x == 1 }, B]'),
]

const bad: readonly string[] = [
  '[]',
  '{}',
  'saga: a',
  'saga: a\nstates: {}',
  'saga: 12\nstates: { A: { final: success } }',
  'saga: a b\nstates: { A: { final: success } }',
  'saga: a\nstates: { __proto__: { final: success } }',
  'saga: a\nstates: { "1": { final: success } }',
  saga('chanel: x'),
  saga('title: 1'),
  saga('unique: 1'),
  saga('tags: { a: 1 }'),
  saga('stages: [a]'),
  saga('stages: { a: { tilte: A } }'),
  saga('milestones: Paid'),
  saga('input: 1'),
  saga('state: []'),
  saga('merge: deeply'),
  saga('unexpected: { keep: soon }'),
  saga('unexpected: { drop: 1s }'),
  saga('onFailure: explode'),
  saga('onFailure: { rollback: A, fail: B }'),
  saga('onFailure: {}'),
  saga('limits: { nodes: 0 }'),
  saga('limits: { nodes: 1.5 }'),
  saga('limits: { steps: 1 }'),
  saga('retry: { attempts: 0 }'),
  saga('retry: { attempts: 1001 }'),
  saga('retry: { interval: 5 }'),
  saga('retry: { jitter: 2 }'),
  saga('search: [a..b]'),
  state('sned: C'),
  state('send: 1'),
  state('send: { channel: d }'),
  state('send: { command: C, dta: 1 }'),
  state('send: [C]'),
  state('undo: F'),
  state('send: C\nundo: { data: 1 }'),
  state('send: C\nundo: { send: { command: F }, data: 1 }'),
  state('send: C\nundo: { send: F, within: 1m }'),
  state('retry: { attempts: 1 }'),
  state('set: []'),
  state('set: text'),
  state('on: [B]'),
  state('on: { E: [] }'),
  state('on: { E: {} }'),
  state('on: { E: { to: B, rollback: B } }'),
  state('on: { E: { to: B, validate: 1 } }'),
  state('on: { E: { stay: false } }'),
  state('on: { E: { to: B, if: 1 } }'),
  state('on: { E: { to: B, when: x } }'),
  state('on: { "e 1": B }'),
  state('after: { soon: B }'),
  state('after: { 1h: { to: B, validate: {} } }'),
  state('next: { stay: true }'),
  state('next: { to: B, failed: true }'),
  state('final: maybe'),
]

function saga(top: string): string {
  return `saga: a\nchannel: c\n${top}\nstates:\n  A: { on: { X: B }, after: { 1h: B } }\n  B: { final: failure }\n`
}

function state(attributes: string): string {
  const body = attributes.replaceAll(/^/gm, '    ')
  return `saga: a\nchannel: c\nstates:\n  A:\n${body}\n  B: { final: failure }\n`
}

function shapeFindings(text: string): readonly string[] {
  const { diagnostics } = compileFlow({ text })
  return diagnostics.filter(({ code }) => shapeCodes.has(code)).map(({ message }) => message)
}

describe('the published schema and the compiler agree', () => {
  test.each(good)('on what is good: %s', (text) => {
    expect(fits(parse(text)), JSON.stringify(fits.errors)).toBe(true)
    expect(shapeFindings(text)).toEqual([])
  })

  test.each(bad)('on what is bad: %s', (text) => {
    expect(fits(parse(text))).toBe(false)
    expect(shapeFindings(text)).not.toEqual([])
  })

  test('on the attributes', () => {
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining([...sagaKeys]))
    expect(Object.keys(schema.properties)).toHaveLength(sagaKeys.length)
    expect(Object.keys(schema.$defs.state.properties).toSorted()).toEqual(stateKeys.toSorted())
  })

  test.each([
    '30s',
    '5m',
    '1h30m',
    '2d',
    '500ms',
    '1w2d',
    '1.5h',
    'PT30S',
    'P1DT2H',
    'PT1H30M0.5S',
    '',
    's',
    '5',
    '30s5m',
    '1m1m',
    '5 m',
    'P',
    'PT',
    '1y',
    '-1s',
    '1ms5s',
    'P1Y',
    '1m500ms',
  ])('on the duration %j', (text) => {
    const isDuration = new RegExp(schema.$defs.duration.pattern, 'u').test(text)
    expect(isDuration).toBe(parseDuration(text) !== undefined)
  })
})

test('every attribute has a description for hovering', () => {
  const silent = Object.entries<{ description?: string; $ref?: string }>(schema.properties)
    .filter(([, property]) => property.description === undefined && property.$ref === undefined)
    .map(([key]) => key)
  expect(silent).toEqual([])
})
