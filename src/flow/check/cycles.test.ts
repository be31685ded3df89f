import { expect, test } from 'vitest'
import { componentsOf } from './cycles.ts'

test.each([
  ['no edges', { a: [], b: [] }, ['a', 'b']],
  ['a chain', { a: ['b'], b: ['c'], c: [] }, ['c', 'b', 'a']],
  ['a cycle', { a: ['b'], b: ['c'], c: ['a'] }, ['abc']],
  [
    'two cycles, one leads to the other',
    { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] },
    ['cd', 'ab'],
  ],
  ['two cycles with a node in common', { a: ['b', 'c'], b: ['a'], c: ['a'] }, ['abc']],
  [
    'an edge across to what was left',
    { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] },
    ['d', 'b', 'c', 'a'],
  ],
])('componentsOf: %s', (_what, edges: Record<string, string[]>, expected) => {
  const components = componentsOf(Object.keys(edges), (id) => edges[id] ?? [])
  expect(components.map((component) => component.toSorted().join(''))).toEqual(expected)
})

test('a long chain needs no stack', () => {
  const ids = Array.from({ length: 100_000 }, (_, index) => String(index))
  const components = componentsOf(ids, (id) => {
    const next = String(Number(id) + 1)
    return Number(next) < ids.length ? [next] : ['0']
  })
  expect(components).toHaveLength(1)
})
