import { describe, expect, test } from 'vitest'
import { limits } from '../kernel/limits.ts'
import type { Json } from '../kernel/model/json.ts'
import { compileFlow } from './index.ts'
import { entryOf, type MapNode } from './source/source-node.ts'

const ending = '  Done: { final: success }\n'
const waiting = '    send: C\n    undo: none\n    on: { E: Done }\n    after: { 1h: Done }\n'

function codesOf(text: string): readonly string[] {
  return compileFlow({ text }).diagnostics.map(({ code }) => code)
}

/** What the input's schema finds in an input. */
function inputFaults(schema: string, input: Json): readonly string[] {
  const text = `saga: s\nchannel: c\ninput: ${schema}\nstates:\n  A:\n${waiting}${ending}`
  const { flow, diagnostics } = compileFlow({ text })
  if (flow?.inputCheck === undefined) throw new Error(JSON.stringify(diagnostics))
  return flow.inputCheck.check(input)
}

describe('a text made to hold up the server', () => {
  test('a map is looked up as a list is searched: the first of two equal keys counts', () => {
    const span = { start: 0, end: 0 }
    const keys = [...Array.from({ length: 100 }, (_, index) => `k${index}`), 'k7', '__proto__']
    const map: MapNode = {
      kind: 'map',
      span,
      entries: keys.map((key, index) => ({
        key,
        keySpan: { start: index, end: index + 1 },
        value: { kind: 'scalar', span, value: index },
      })),
    }
    for (const key of [...keys, 'constructor', 'k100']) {
      expect(entryOf(map, key)).toBe(map.entries.find((entry) => entry.key === key))
    }
  })

  test('with 60,000 keys that nobody knows takes as long as its length, not its square', () => {
    const keys = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1\n`).join('')
    expect(codesOf(`saga: s\n${keys}`)).toContain('PROPERTY_UNKNOWN')
  }, 20_000)

  test('may not have more commands in `also` than the limit', () => {
    const also = (count: number): string =>
      `saga: s\nchannel: c\nstates:\n  A:\n    also: [${Array.from({ length: count }, (_, index) => `N${index}`).join(', ')}]\n${waiting}${ending}`
    expect(codesOf(also(limits.alsoCommands))).not.toContain('LIMIT_EXCEEDED')
    expect(codesOf(also(limits.alsoCommands + 1))).toContain('LIMIT_EXCEEDED')
  })
})

describe('data made to hold up a schema', () => {
  test('a pattern that would backtrack for ever is answered at once', () => {
    const schema = '{ properties: { a: { type: string, pattern: "^(a+)+$" } } }'
    expect(inputFaults(schema, { a: 'a'.repeat(5_000) })).toEqual([])
    expect(inputFaults(schema, { a: `${'a'.repeat(5_000)}b` })).toEqual([
      '`a` must match pattern "^(a+)+$"',
    ])
  })

  test('each of several patterns is asked for', () => {
    const schema = '{ properties: { a: { pattern: "^a+$" }, b: { pattern: "^b+$" } } }'
    expect(inputFaults(schema, { a: 'aa', b: 'bb' })).toEqual([])
    expect(inputFaults(schema, { a: 'aa', b: 'aa' })).toEqual(['`b` must match pattern "^b+$"'])
  })

  test('a pattern that only a backtracking search can find is refused with the reason', () => {
    const text = `saga: s\nchannel: c\ninput: { properties: { a: { pattern: "(?=x)y" } } }\nstates:\n  A:\n${waiting}${ending}`
    const [found] = compileFlow({ text }).diagnostics
    expect(found).toMatchObject({ code: 'VALUE_INVALID', severity: 'error' })
    expect(found?.message).toContain('look-around')
  })

  test('100,000 items are compared in one pass', () => {
    const schema = '{ properties: { list: { type: array, uniqueItems: true } } }'
    const list = Array.from({ length: 100_000 }, (_, index) => ({ index }))
    expect(inputFaults(schema, { list })).toEqual([])
    expect(inputFaults(schema, { list: [...list, { index: 5 }] })).toHaveLength(1)
  }, 20_000)

  test.each<[string, readonly Json[], boolean]>([
    [
      'properties in another order',
      [
        { a: 1, b: [2] },
        { b: [2], a: 1 },
      ],
      false,
    ],
    [
      'lists in another order',
      [
        [1, 2],
        [2, 1],
      ],
      true,
    ],
    ['a text and a number', [1, '1', null, 'null', true, 'true'], true],
    ['an object and a list of its entries', [{ a: 1 }, [['a', 1]]], true],
    ['empty things', [{}, []], true],
    ['a number twice', [1, 1], false],
  ])('unique items: %s', (_title, list, isUnique) => {
    const schema = '{ properties: { list: { type: array, uniqueItems: true } } }'
    expect(inputFaults(schema, { list }).length === 0).toBe(isUnique)
  })
})
