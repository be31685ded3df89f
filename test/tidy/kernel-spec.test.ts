import { describe, expect, test } from 'vitest'

import { findUnprovenInvariants, invariantsOf } from './kernel-spec.ts'
import { isTest, readRepository } from './repository.ts'

const files = readRepository()

describe("the kernel's specification", () => {
  test('every invariant names a test that is there', () => {
    const specification = files.find(({ path }) => path === 'src/kernel/SPEC.md')?.text ?? ''
    expect(invariantsOf(specification).length).toBeGreaterThanOrEqual(6)
    expect(findUnprovenInvariants(specification, files.filter(isTest))).toEqual([])
  })

  test.each([
    ['an invariant without a test', '| I1 | Done is for ever. |'],
    ['a test that is not there', '| I1 | Done is for ever. | `never` in `a.test.ts` |'],
    ['a file that is not there', '| I1 | Done is for ever. | `done stays` in `b.test.ts` |'],
  ])('%s is caught', (_fault, specification) => {
    const tests = [{ path: 'src/kernel/a.test.ts', text: "test('done stays', () => {})" }]
    expect(findUnprovenInvariants(specification, tests)).toHaveLength(1)
  })

  test('reads rows and entries', () => {
    const specification = [
      '| I1 | One. | `one` in `a.test.ts` |',
      '- **I2** Two,',
      '  see `two` in `a.test.ts`.',
      '## Statuses',
      '`elsewhere` in `a.test.ts`',
    ].join('\n')
    expect(invariantsOf(specification).map(({ id, tests }) => [id, tests.length])).toEqual([
      ['I1', 1],
      ['I2', 1],
    ])
  })
})
