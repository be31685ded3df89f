import { describe, expect, test } from 'vitest'
import { functionsByName } from '../../src/flow/expressions/functions/index-of-functions.ts'
import { macroNames } from '../../src/flow/expressions/macros.ts'
import { commonRoots, eventRoot } from '../../src/flow/expressions/roots.ts'
import { compileTemplate } from '../../src/flow/expressions/template.ts'
import { anyType, openMapType } from '../../src/flow/expressions/type.ts'
import type { Scope } from '../../src/kernel/model/expression.ts'
import { samplesOf } from './fences.ts'

const documented = samplesOf('expressions.md')
const scope: Scope = JSON.parse(documented.find(({ kind }) => kind === 'json scope')?.text ?? '')
const lines = documented
  .filter(({ kind }) => kind === 'cel')
  .flatMap(({ text }) => text.trim().split('\n'))
const samples = lines.map((line) => {
  const [expression = '', mark = '', result = ''] = line.split(/\s*\/\/ (→|✗) /)
  return { expression, mark, result }
})

/** Compiles `${ … }` and evaluates it in the scope of the page. */
function run(expression: string): { readonly codes: readonly string[]; readonly value?: unknown } {
  const codes: string[] = []
  const known = { input: openMapType, state: openMapType }
  const text = `\${ ${expression} }`
  const compiled = compileTemplate(
    { kind: 'scalar', span: { start: 0, end: text.length }, value: text },
    {
      roots: commonRoots(known, {}).set('event', eventRoot(anyType)),
      salt: 'page',
      report: (_node, problem) => codes.push(problem.code),
    },
  )
  const evaluation = compiled.expression.evaluate(scope)
  return evaluation.ok ? { codes, value: evaluation.value } : { codes: [...codes, 'fails'] }
}

describe('the reference of expressions', () => {
  test.each(samples.filter(({ mark }) => mark === '→'))(
    '$expression → $result',
    ({ expression, result }) => {
      expect(run(expression)).toEqual({ codes: [], value: JSON.parse(result) })
    },
  )

  test.each(samples.filter(({ mark }) => mark === '✗'))(
    '$expression ✗ $result',
    ({ expression, result }) => {
      expect(run(expression).codes).toContain(result)
    },
  )

  test('has a result on every line', () => {
    expect(samples.filter(({ mark }) => mark === '')).toEqual([])
    expect(samples.length).toBeGreaterThan(100)
  })

  test.each([...functionsByName.keys(), ...macroNames])('shows %s', (name) => {
    const call = new RegExp(`\\b${name}\\(`)
    expect(samples.some(({ expression }) => call.test(expression))).toBe(true)
  })
})
