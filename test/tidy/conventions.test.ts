import { describe, expect, test } from 'vitest'

import {
  ambientState,
  badlyFormedNames,
  barrels,
  defaultExports,
  emptyFileNames,
  environmentReaders,
  leftovers,
  overBudget,
  selectedTests,
  unexplainedDisables,
} from './conventions.ts'
import { readRepository, type RepositoryFile } from './repository.ts'

type Rule = (files: readonly RepositoryFile[]) => readonly string[]

const files = readRepository()

/** Each rule with a planted violation, which proves that the rule can fail. */
const rules: readonly [string, Rule, RepositoryFile][] = [
  ['no default exports', defaultExports, { path: 'src/a.ts', text: 'export default 1' }],
  ['no names without meaning', emptyFileNames, { path: 'src/date-utils.ts', text: '' }],
  ['file names in kebab-case', badlyFormedNames, { path: 'src/someThing.ts', text: '' }],
  ['no index files but the doors', barrels, { path: 'src/store/index.ts', text: '' }],
  ['no export of everything', barrels, { path: 'src/a.ts', text: "export * from './b.ts'" }],
  ['no test left out or alone', selectedTests, { path: 'src/a.test.ts', text: 'test.only(' }],
  ['nothing left over', leftovers, { path: 'src/a.ts', text: '// TODO later' }],
  [
    'rules that are off say why',
    unexplainedDisables,
    { path: 'src/a.ts', text: '// oxlint-disable-next-line no-console' },
  ],
  [
    'only config reads the environment',
    environmentReaders,
    { path: 'src/a.ts', text: 'process.env' },
  ],
  ['pure code is pure', ambientState, { path: 'src/kernel/a.ts', text: 'const at = Date.now()' }],
]

describe('conventions', () => {
  test.each(rules)('%s', (_title, rule) => {
    expect(rule(files)).toEqual([])
  })

  test.each(rules)('%s: a violation is caught', (_title, rule, planted) => {
    expect(rule([planted])).toHaveLength(1)
  })
})

describe('file budgets', () => {
  test('every file is within its budget, or has a reason', () => {
    expect(overBudget(files), 'Split by concept; see STYLE.md.').toEqual([])
  })

  test.each([
    ['src/a.ts', 401],
    ['src/a.test.ts', 601],
  ])('%s with %i lines is caught', (path, lines) => {
    const file = { path, text: 'x\n'.repeat(lines) }
    expect(overBudget([file], {})).toHaveLength(1)
    expect(overBudget([file], { [path]: 'a reason' })).toEqual([])
  })

  test('an exception that nothing needs is caught', () => {
    expect(overBudget([], { 'src/a.ts': 'a reason' })).toHaveLength(1)
  })
})
