import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Scope } from '../../../kernel/model/expression.ts'
import { EvaluationFailure } from '../failure.ts'
import { createFrame } from '../frame.ts'
import { compilePattern } from './compile-pattern.ts'

const scope: Scope = {
  input: {},
  state: {},
  execution: { id: 'e', flow: 'f', version: 1, startedAt: 0 },
  message: { id: 'm', at: 0 },
}

function matches(pattern: string, text: string): boolean {
  return compilePattern(pattern).test(text, createFrame(scope, ''))
}

const atom = fc.constantFrom(
  'a',
  'b',
  '.',
  '\\d',
  '\\w',
  '\\s',
  '[ab]',
  '[^a-c]',
  '[\\d-]',
  '^',
  '$',
  '\\b',
  '\\B',
  'é',
  '\\.',
  '\\x61',
)
const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    atom,
    fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => left + right),
    fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `(${left}|${right})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,}', '*?'))
      .map(([part, times]) => `(?:${part})${times}`),
  ),
}))

describe('patterns', () => {
  test('agree with the backtracking ones of the platform', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.array(fc.constantFrom('a', 'b', 'c', '1', ' ', '-', 'é', '\n', '.', '😀'), {
          maxLength: 8,
        }),
        (source, characters) => {
          const text = characters.join('')
          expect(matches(source, text)).toBe(new RegExp(source, 'u').test(text))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['(a+)+$', `${'a'.repeat(2_000)}b`],
    ['^(a|a)*$', `${'a'.repeat(2_000)}b`],
    ['(.*)*x', 'a'.repeat(2_000)],
  ])('%s takes time in proportion to the text', (source, text) => {
    // A backtracking search would not end within the life of the universe.
    expect(matches(source, text)).toBe(false)
  })

  test('ignore the case where they say so', () => {
    expect(matches('(?i)^[a-c]D$', 'Bd')).toBe(true)
    expect(matches('^[a-c]D$', 'Bd')).toBe(false)
  })

  test.each([
    '(',
    ')',
    '[a',
    'a**',
    '*',
    '\\',
    'a{3,2}',
    '(?=a)',
    '(?<!a)',
    '\\1',
    '\\p',
    '(a{1000}){1000}',
    '('.repeat(60),
    'a'.repeat(1_001),
  ])('%j is none', (source) => {
    expect(() => compilePattern(source)).toThrow(EvaluationFailure)
  })
})
