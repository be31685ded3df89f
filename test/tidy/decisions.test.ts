import { describe, expect, test } from 'vitest'

import client from '../../client/package.json' with { type: 'json' }
import product from '../../package.json' with { type: 'json' }
import { findMisnumbered, findUnexplainedDependencies } from './decisions.ts'
import { readRepository } from './repository.ts'

const files = readRepository()
const record = (name: string, text: string) => ({ path: `docs/adr/${name}`, text })

describe('decision records', () => {
  test('are numbered once, without a gap', () => {
    expect(findMisnumbered(files)).toEqual([])
  })

  test.each([
    ['a gap', [record('0001-a.md', '# 0001. A'), record('0003-b.md', '# 0003. B')]],
    ['a number twice', [record('0001-a.md', '# 0001. A'), record('0001-b.md', '# 0001. B')]],
    ['another title', [record('0001-a.md', '# Something')]],
    ['another name', [record('0001_A.md', '# 0001. A')]],
  ])('%s is caught', (_fault, records) => {
    expect(findMisnumbered(records)).toHaveLength(1)
  })

  test('every dependency has its reason', () => {
    expect(findUnexplainedDependencies([product, client], files)).toEqual([])
  })

  test('a dependency without a reason is caught', () => {
    const manifest = { name: 'x', dependencies: { known: '1.0.0', 'left-pad': '1.0.0' } }
    const records = [record('0001-a.md', '| `known` | why |\n\nOr `left-pad`.')]
    const [found, ...others] = findUnexplainedDependencies([manifest], records)
    expect(found).toContain('left-pad')
    expect(others).toEqual([])
  })
})
