import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DiagnosticCode } from './check/catalogue.ts'
import { checkFlow, compileFlow } from './index.ts'

const words = fc.constantFrom(
  'saga',
  'states',
  'on',
  'to',
  'if',
  'set',
  'send',
  'undo',
  'after',
  'next',
  'final',
  'A',
  'B',
  ': ',
  ':',
  '\n',
  '\n  ',
  '\n    ',
  '- ',
  '{',
  '}',
  '[',
  ']',
  ',',
  '"',
  "'",
  '|',
  '>',
  '&a',
  '*a',
  '!t',
  '${',
  '}',
  ' state.x ',
  '1',
  'true',
  'null',
  '#',
  '---',
  '\t',
  '\u0000',
  '\uD800',
  '\uFEFF',
  '__proto__',
  'constructor',
  '30s',
  '<<',
  '%YAML',
  '\r',
)

describe('properties', () => {
  test('no text throws, and every range lies within the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(words, { maxLength: 60 }).map((list) => list.join('')),
        ),
        fc.constantFrom('yaml' as const, 'json' as const, undefined),
        (text, format) => {
          const { diagnostics, flow } = checkFlow(
            format === undefined ? { text } : { text, format },
          )
          expect(flow !== undefined).toBe(diagnostics.every(({ severity }) => severity !== 'error'))
          for (const { range } of diagnostics) {
            expect(range.startOffset).toBeGreaterThanOrEqual(0)
            expect(range.endOffset).toBeGreaterThanOrEqual(range.startOffset)
            expect(range.endOffset).toBeLessThanOrEqual(text.length)
            expect(range.line).toBeGreaterThan(0)
          }
        },
      ),
      { numRuns: 800 },
    )
  })

  test('no good saga that loses a piece throws', () => {
    fc.assert(
      fc.property(goodSaga, fc.nat(), fc.nat({ max: 20 }), (document, at, length) => {
        const text = JSON.stringify(document, null, 1)
        const start = at % text.length
        const { diagnostics, flow } = compileFlow({
          text: text.slice(0, start) + text.slice(start + length),
        })
        expect(flow !== undefined || diagnostics.length > 0).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('every good saga compiles, the same from YAML and JSON', () => {
    fc.assert(
      fc.property(goodSaga, (document) => {
        const json = compileFlow({ text: JSON.stringify(document), format: 'json' })
        // JSON is YAML too.
        const yaml = compileFlow({ text: JSON.stringify(document, null, 2), format: 'yaml' })
        const errors = json.diagnostics.filter(({ severity }) => severity === 'error')
        const structural = errors.filter(({ code }) => !graphCodes.has(code))
        expect(structural).toEqual([])
        expect(yaml.graph).toEqual(json.graph)
        expect(json.graph?.nodes.map(({ id }) => id)).toEqual(Object.keys(document.states))
      }),
      { numRuns: 300 },
    )
  })
})

/** Random graphs have dead ends and loops: what the graph's checks say of them is not the point. */
const graphCodes: ReadonlySet<DiagnosticCode> = new Set([
  'DEAD_END',
  'NO_WAY_TO_FINAL',
  'FINAL_WITH_WAYS_OUT',
  'ENDLESS_LOOP',
])

const stateNames = ['Created', 'Waiting for payment', 'constructor', 'toString', 'Zürich']
const target = fc.constantFrom(...stateNames, 'Done')
const guard = fc.constantFrom(
  'state.amount > 100',
  '${ event.data.x == 1 }',
  'size(state.items) == 0',
  'has(state.coupon)',
  'state.?a.?b.orValue(false)',
  'now() < timestamp("2030-01-01")',
)
const transition = fc.oneof(
  target,
  fc.record({ to: target, if: guard }),
  fc.record({ rollback: fc.oneof(target, fc.constant(true)), as: fc.constant('Reached') }),
  fc.record({
    stay: fc.constant(true),
    set: fc.record({ x: fc.constantFrom(1, null, '${ event.data }') }),
  }),
)
const state = fc.record(
  {
    title: fc.string(),
    send: fc.oneof(
      fc.constant('DoIt'),
      fc.record({
        command: fc.constant('DoIt'),
        data: fc.constantFrom({ a: ['${ state.x }'] }, 7, null),
      }),
    ),
    undo: fc.constantFrom('UndoIt', 'none', { send: 'UndoIt', done: 'Undone', within: '1m' }),
    on: fc.dictionary(
      fc.constantFrom('Ok', 'KO', 'hasOwnProperty', 'e-1'),
      fc.oneof(transition, fc.array(transition, { minLength: 1, maxLength: 3 })),
    ),
    after: fc.dictionary(fc.constantFrom('1s', 'PT5M', '1h30m'), target),
  },
  { requiredKeys: ['send'] },
)
const goodSaga = fc.array(state, { minLength: 5, maxLength: 5 }).map((states) => ({
  saga: 'random',
  channel: 'c',
  states: {
    ...Object.fromEntries(stateNames.map((name, index) => [name, states[index]])),
    Done: { final: 'success' },
  },
}))
