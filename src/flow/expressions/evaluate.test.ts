import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../kernel/limits.ts'
import type { Evaluation, Expression, Scope } from '../../kernel/model/expression.ts'
import type { Json } from '../../kernel/model/json.ts'
import type { SourceNode } from '../source/source-node.ts'
import { commonRoots, eventRoot } from './roots.ts'
import { compileTemplate } from './template.ts'
import { anyType, openMapType } from './type.ts'

const scope: Scope = {
  input: { orderId: '4711' },
  state: { amount: 250, n: 1, name: 'Ada', items: [{ price: 1.5 }, { price: 2 }], nothing: null },
  event: { name: 'E', data: { total: 99.5 }, id: 'message-1' },
  execution: { id: 'execution-1', flow: 'f', version: 2, startedAt: 0 },
  message: { id: 'message-1', at: 1_700_000_000_000 },
}

function nodeOf(value: Json): SourceNode {
  const span = { start: 0, end: 0 }
  if (Array.isArray(value)) return { kind: 'list', span, items: value.map(nodeOf) }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => ({
      key,
      keySpan: span,
      value: nodeOf(item ?? null),
    }))
    return { kind: 'map', span, entries }
  }
  return { kind: 'scalar', span, value: value as string }
}

function compile(template: Json, salt = 'place'): Expression {
  return compileTemplate(nodeOf(template), {
    roots: commonRoots({ input: openMapType, state: openMapType }, {}).set(
      'event',
      eventRoot(anyType),
    ),
    salt,
    report: (_node, problem) => {
      throw new Error(problem.message)
    },
  }).expression
}

function run(template: Json, changes: Partial<Scope> = {}): Evaluation {
  return compile(template).evaluate({ ...scope, ...changes })
}

describe('templates', () => {
  test.each<readonly [string, Json, Json]>([
    [
      'a text alone has the type of its expression',
      '${ state.items }',
      [{ price: 1.5 }, { price: 2 }],
    ],
    [
      'in a longer text it becomes text',
      'Order ${ input.orderId }: ${ state.amount }',
      'Order 4711: 250',
    ],
    ['a list in a text is JSON', '${ state.items.map(i, i.price) }!', '[1.5,2]!'],
    ['a block text has a line end', '${ state.n }\n', 1],
    [
      'at any depth',
      { a: [{ b: '${ state.n }' }, 'x'], c: null, d: true },
      { a: [{ b: 1 }, 'x'], c: null, d: true },
    ],
    ['braces within the expression', '${ {"a": {"b": "}"}} }', { a: { b: '}' } }],
    ['braces in a raw text', '${ r"\\}" }', '\\}'],
    ['an escaped brace', 'cost: $${ state.n }', 'cost: ${ state.n }'],
    ['a missing optional is left out of an object', { a: '${ state.?x }', b: 1 }, { b: 1 }],
    ['a missing optional is left out of a list', ['${ state.?x }', 1], [1]],
    ['a missing optional alone is null', '${ state.?x }', null],
    ['a comment', '${ state.n // the count }\n}', 1],
  ])('%s', (_title, template, value) => {
    expect(run(template)).toEqual({ ok: true, value })
  })

  test('keys that objects inherit are keys like any other', () => {
    const template = JSON.parse('{ "__proto__": "${ state.n }", "constructor": 1 }')
    const evaluation = run(template)
    expect(JSON.stringify(evaluation)).toBe('{"ok":true,"value":{"__proto__":1,"constructor":1}}')
    expect(({} as { n?: unknown }).n).toBeUndefined()
    expect(run('${ state.constructor }').ok).toBe(false)
    expect(run('${ has(state.toString) }')).toEqual({ ok: true, value: false })
  })
})

describe('what fails is a value, with a sentence', () => {
  test.each([
    ['a missing field', '${ state.x.y }', '`state.x`'],
    ['a field of null', '${ state.nothing.y }', 'null'],
    ['an index too far', '${ state.items[7] }', '`state.items[7]`'],
    ['a wrong type', '${ state.name > 1 }', 'string > number'],
    ['a condition that is no bool', '${ state.n ? 1 : 2 }', 'number'],
    ['a division by zero', '${ 1 / (state.n - 1) }', 'divisor'],
    ['a number without end', '${ pow(10, 400 * state.n) }', 'finite'],
    ['no error', '${ error.code }', 'error'],
    ['a wrong argument', '${ upper(state.n) }', '`upper`'],
    ['a date that does not exist', '${ timestamp(state.name + "-02-30") }', 'ISO 8601'],
    ['an unknown time zone', '${ format(now(), "yyyy", state.name) }', 'time zone'],
  ])('%s', (_title, template, word) => {
    const evaluation = run(template)
    expect(evaluation.ok).toBe(false)
    expect(evaluation.ok ? '' : evaluation.error).toContain(word)
  })

  test('an error of the other side does not matter to && and ||', () => {
    expect(run('${ state.x > 1 || true }')).toEqual({ ok: true, value: true })
    expect(run('${ state.x > 1 && false }')).toEqual({ ok: true, value: false })
    expect(run('${ state.x > 1 && true }').ok).toBe(false)
    expect(run('${ [1, 0].exists(i, 1 / i == 1) }')).toEqual({ ok: true, value: true })
    expect(run('${ [0, 1].all(i, 1 / i == 2) }')).toEqual({ ok: true, value: false })
  })
})

describe('the work of one evaluation is bounded', () => {
  const state = {
    list: Array.from({ length: 5_000 }, (_, index) => index),
    text: 'x'.repeat(100_000),
    // The search of an engine compares the whole part at every place before it finds the odd letter.
    part: `${'x'.repeat(25_000)}y${'x'.repeat(25_000)}`,
  }

  test.each([
    ['loops within loops', 'state.list.map(a, state.list.map(b, state.list.map(c, a + b + c)))'],
    [
      'loops within loops over failures',
      'state.list.all(a, state.list.all(b, state.list.all(c, 1 / 0 == 1)))',
    ],
    ['a list that doubles', doubled('state.list + state.list')],
    ['a text that doubles', doubled('state.text + state.text')],
    ['a value that is shared and shared', doubled('[state.list, state.list]')],
    ['joins of joins', doubled('[state.text, state.text].join()')],
    ['searches', 'state.list.map(a, state.text.matches("(x+)+y"))'],
    ['a long part, looked for', 'state.text.contains(state.part)'],
    ['a long part, looked for from the end', 'state.text.lastIndexOf(state.part)'],
    ['a long part, to split at', 'state.text.split(state.part)'],
    ['a long part, to replace', 'state.text.replace(state.part, "")'],
    ['a short part, looked for often', 'state.list.map(a, state.text.contains("y"))'],
    ['a long range', 'range(100000000 * size(state.list))'],
    ['equal lists', 'state.list.map(a, [state.list] == [state.list.map(b, b)])'],
    ['replacements', doubled('state.text.replace("x", "xxxx")')],
  ])('%s', (_title, expression) => {
    const evaluation = run(`\${ size(jsonEncode(${expression})) }`, { state })
    expect(evaluation.ok ? evaluation.value : evaluation.error).toMatch(/steps/)
  })

  /** Binds the variable to the expression over the one before, fourteen times. */
  function doubled(expression: string): string {
    let nested = 'v14'
    for (let index = 14; index >= 1; index -= 1) {
      const inner = expression.replaceAll(/state\.(list|text)/g, `v${index - 1}`)
      nested = `cel.bind(v${index}, ${inner}, ${nested})`
    }
    const [start = ''] = /state\.(list|text)/.exec(expression) ?? []
    return `cel.bind(v0, ${start}, ${nested})`
  }
})

test('a long text can be searched', () => {
  const scope = { state: { text: 'x'.repeat(1_000_000), part: 'y'.repeat(500) } }
  expect(run('${ state.text.contains(state.part) }', scope)).toEqual({ ok: true, value: false })
  expect(run('${ state.text.indexOf(state.part) }', scope)).toEqual({ ok: true, value: -1 })
})

test('a state of the largest size can be copied', () => {
  const list = Array.from({ length: limits.stateBytes / 8 }, (_, index) => 1_000_000 + index)
  const texts = Array.from({ length: 1_000 }, () => 'x'.repeat(limits.stateBytes / 1_000))
  expect(run('${ merge(state, {"a": 1}) }', { state: { list } }).ok).toBe(true)
  expect(run({ copy: '${ state }' }, { state: { texts } }).ok).toBe(true)
})

describe('time and chance', () => {
  const template = { id: '${ uuid() }', other: '${ uuid() }', chance: '${ random() }' }

  test('derive from the message: the same again, other for another message or place', () => {
    const first = compile(template).evaluate(scope)
    expect(compile(template).evaluate(scope)).toEqual(first)
    expect(compile(template, 'elsewhere').evaluate(scope)).not.toEqual(first)
    const next = { ...scope, message: { ...scope.message, id: 'message-2' } }
    expect(compile(template).evaluate(next)).not.toEqual(first)
    const ids = first.ok ? Object.values(first.value as object) : []
    expect(new Set(ids).size).toBe(3)
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  test('random numbers fill their range evenly', () => {
    const dice = Array.from({ length: 3_000 }, (_, index) =>
      run('${ randomInt(1, 6) }', { message: { id: `m${index}`, at: 0 } }),
    ).map((evaluation) => (evaluation.ok ? evaluation.value : 0))
    for (let face = 1; face <= 6; face += 1) {
      expect(dice.filter((value) => value === face).length).toBeGreaterThan(400)
    }
    expect(new Set(dice).size).toBe(6)
  })
})

describe('properties', () => {
  const pieces = fc.constantFrom(
    'state',
    '.amount',
    '.items',
    '.?x',
    '[0]',
    '.map(i, i)',
    '.exists(i, i == 1)',
    ' + ',
    ' - ',
    ' > ',
    ' == ',
    ' && ',
    ' ? ',
    ' : ',
    '1',
    '"a"',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    'size(',
    'now()',
    'uuid()',
    '!',
    'null',
    ' in ',
    'event.data',
    'duration("1h")',
    '.orValue(1)',
    'jsonDecode(',
    'merge(',
    'sort(',
    '1u',
    'b"x"',
    '/',
  )

  test('whatever compiles evaluates to JSON or to a failure, and the same again', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), fc.jsonValue(), (list, amount) => {
        let expression: Expression
        try {
          expression = compile(`\${ ${list.join('')} }`)
        } catch {
          return
        }
        const given = { ...scope, state: { ...scope.state, amount: amount as Json } }
        const evaluation = expression.evaluate(given)
        expect(JSON.parse(JSON.stringify(evaluation))).toEqual(
          JSON.parse(JSON.stringify(expression.evaluate(given))),
        )
        const value = evaluation.ok ? evaluation.value : null
        expect(JSON.parse(JSON.stringify(value))).toEqual(value)
      }),
      { numRuns: 3_000 },
    )
  })

  test('numbers calculate as JSON numbers do', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1000, max: 1000 }),
        fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
        (left, right) => {
          const given = { state: { left, right } }
          expect(run('${ state.left + state.right }', given)).toEqual({
            ok: true,
            value: left + right,
          })
          expect(run('${ state.left < state.right }', given)).toEqual({
            ok: true,
            value: left < right,
          })
          expect(run(`\${ state.left == ${left < 0 ? `(${left})` : left} }`, given)).toEqual({
            ok: true,
            value: true,
          })
        },
      ),
    )
  })
})

test.each(['int(state.name)', 'bool(state.name)', 'timestamp(state.name)', 'duration(state.name)'])(
  'a failure of %s does not tell the value, which may be a secret',
  (source) => {
    const evaluation = compile(`\${ ${source} }`).evaluate(scope)
    expect(evaluation).toMatchObject({ ok: false, error: expect.stringContaining('found') })
    expect(JSON.stringify(evaluation)).not.toContain('Ada')
  },
)
